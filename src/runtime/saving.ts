/**
 * Writing to a store: what belongs to one operation in the order of its life,
 * different operations at once, and nothing for longer than a limit. A store
 * that never answers costs a report, not a wait without end.
 *
 * @module
 */
import { type Clock, systemClock } from "../services.ts";
import type { OperationStore } from "../model/store.ts";
import { TimerNode, type TimerWheel } from "./timers.ts";
import type { ResumeToken } from "../model/token.ts";

/** Longest time for one write to a store, in milliseconds, unless the caller says otherwise. */
export const STORE_TIMEOUT_MS = 10_000;

/**
 * How long `dispose` gives a store to finish what it is writing, in real
 * milliseconds: a healthy store needs a few, a broken one must not keep a process.
 */
const FAREWELL_MS = 500;

/** What {@linkcode Saving} works with. */
export interface SavingOptions {
  /** Where to. */
  readonly store: OperationStore;
  /** Time. */
  readonly clock: Clock;
  /** Timers. */
  readonly wheel: TimerWheel;
  /** Longest time for one write, in milliseconds. */
  readonly timeoutMs: number;
}

/** Writes to one store. */
export class Saving {
  readonly #options: SavingOptions;
  /** The last write of each operation that is not done. */
  readonly #last = new Map<string, Promise<void>>();
  readonly #pending = new Set<PendingWrite>();
  #isFinished = false;

  /** Nothing is being written yet. */
  constructor(options: SavingOptions) {
    this.#options = options;
  }

  /** Writes a token down. Rejects if the store fails, or takes too long. */
  save(token: ResumeToken): Promise<void> {
    const { store } = this.#options;
    return this.#inTurn(token.id, "save", () => store.save(token));
  }

  /** What is kept of an operation. Rejects if the store fails, or takes too long. */
  load(id: string): Promise<ResumeToken | undefined> {
    const { store } = this.#options;
    let token: ResumeToken | undefined;
    const load = async (): Promise<void> => {
      token = await store.load(id);
    };
    return this.#inTurn(id, "load", load).then(() => token);
  }

  /** Forgets an operation. Rejects if the store fails, or takes too long. */
  remove(id: string): Promise<void> {
    const { store } = this.#options;
    return this.#inTurn(id, "remove", () => store.remove(id));
  }

  /**
   * Nobody waits any more for what is being written of an operation: no timer is
   * kept for it, until something else is to be written of it.
   */
  release(id: string): void {
    for (const write of this.#pending) if (write.id === id) this.#options.wheel.disarm(write);
  }

  /** Waits for what is being written, but not for a store that hangs. */
  async finish(): Promise<void> {
    if (this.#last.size === 0) return;
    let timer: unknown;
    const farewell = new Promise<void>((resolve) => {
      timer = systemClock.setTimeout(() => resolve(), FAREWELL_MS);
    });
    await Promise.race([Promise.all(this.#last.values()), farewell]);
    systemClock.clearTimeout(timer as number);
    this.#isFinished = true;
    for (const write of this.#pending) write.giveUp("when the runtime was disposed");
  }

  #inTurn(id: string, verb: string, work: () => void | Promise<void>): Promise<void> {
    const before = this.#last.get(id) ?? Promise.resolve();
    for (const write of this.#pending) if (write.id === id) this.#arm(write);
    const written = before.then(() => this.#limit(work, { id, verb }));
    const done = written.then(ignore, ignore);
    this.#last.set(id, done);
    done.then(() => {
      if (this.#last.get(id) === done) this.#last.delete(id);
    });
    return written;
  }

  #limit(
    work: () => void | Promise<void>,
    { id, verb }: { readonly id: string; readonly verb: string },
  ): void | Promise<void> {
    const result = work();
    if (typeof result?.then !== "function") return; // a store that never waits
    if (this.#isFinished) return void result.then(ignore, ignore); // nobody is left to hear of it
    const { wheel, timeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      const write = new PendingWrite(id, timeoutMs, (when) => {
        forget();
        const text = `Cannot ${verb} operation "${id}": the store was not done ${when}`;
        reject(new DOMException(text, "TimeoutError"));
      });
      const forget = (): void => {
        this.#pending.delete(write);
        wheel.disarm(write);
      };
      this.#pending.add(write);
      this.#arm(write);
      result.then(resolve, reject).finally(forget);
    });
  }

  /** Limits the time for a write. */
  #arm(write: PendingWrite): void {
    const { clock, wheel, timeoutMs } = this.#options;
    if (timeoutMs < Infinity) wheel.arm(write, clock.now() + timeoutMs);
  }
}

/** A write that takes its time. */
class PendingWrite extends TimerNode {
  /** Of which operation. */
  readonly id: string;
  /** It takes too long. */
  readonly giveUp: (when: string) => void;
  readonly #timeoutMs: number;

  constructor(id: string, timeoutMs: number, giveUp: (when: string) => void) {
    super();
    this.id = id;
    this.giveUp = giveUp;
    this.#timeoutMs = timeoutMs;
  }

  override wake(): void {
    this.giveUp(`within ${this.#timeoutMs} ms`);
  }
}

function ignore(): void {}
