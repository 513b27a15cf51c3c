/**
 * Faked time, as far as our tests and documentation use it.
 *
 * @module
 */

/** What is due when. */
interface FakeTimer {
  readonly id: number;
  dueMs: number;
  readonly run: () => void;
  readonly intervalMs?: number;
}

/** An error in handling time. */
export class TimeError extends Error {
  override name = "TimeError";
}

const { Date: RealDate, setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;

let current: FakeTime | undefined;

/** Stands in for `Date`, `setTimeout` and `setInterval` until it is restored; one at a time. */
export class FakeTime implements Disposable {
  readonly start: number;
  #nowMs: number;
  #ids = 0;
  readonly #timers = new Map<number, FakeTimer>();

  /** Fakes from now on; time stands still at `start`. */
  constructor(start: number | string | Date = RealDate.now()) {
    current?.restore();
    this.start = this.#nowMs = new RealDate(start).valueOf();
    if (Number.isNaN(this.#nowMs)) {
      throw new TimeError(`Cannot fake time: ${start} is no time to start at`);
    }
    // deno-lint-ignore no-this-alias
    const time = this;
    const set =
      (isInterval: boolean) => (fn: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
        const id = ++this.#ids;
        const delayMs = Math.max(isInterval ? 1 : 0, Math.floor(ms));
        this.#timers.set(id, {
          id,
          dueMs: this.#nowMs + delayMs,
          run: () => fn(...args),
          ...(isInterval && { intervalMs: delayMs }),
        });
        return id;
      };
    const clear = (id?: number) => void this.#timers.delete(Number(id));
    const FakeDate = new Proxy(RealDate, {
      construct: (target, args) =>
        args.length === 0 ? new target(time.now) : Reflect.construct(target, args),
      apply: () => new RealDate(time.now).toString(),
      get: (target, key, receiver) =>
        key === "now" ? () => time.now : Reflect.get(target, key, receiver),
    });
    Object.assign(globalThis, {
      Date: FakeDate,
      setTimeout: set(false),
      clearTimeout: clear,
      setInterval: set(true),
      clearInterval: clear,
    });
    current = this;
  }

  /** The present faked time, in milliseconds since the epoch. */
  get now(): number {
    return this.#nowMs;
  }

  /** Moves time on and fires what comes due, without a turn for promises. */
  tick(ms = 0): void {
    const untilMs = this.#nowMs + ms;
    for (let timer = this.#first(); timer && timer.dueMs <= untilMs; timer = this.#first()) {
      this.#fire(timer);
    }
    this.#nowMs = untilMs;
  }

  /** As {@linkcode FakeTime.tick}, after everything that is ready has run. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves time on to the next timer and fires it. Returns whether there was one. */
  next(): boolean {
    const timer = this.#first();
    if (timer) this.#fire(timer);
    return timer !== undefined;
  }

  /** Lets everything run that is ready. */
  runMicrotasks(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** Puts the real ones back. */
  restore(): void {
    if (!current) throw new TimeError("Cannot restore time: time is already restored");
    current = undefined;
    Object.assign(globalThis, {
      Date: RealDate,
      setTimeout,
      clearTimeout,
      setInterval,
      clearInterval,
    });
  }

  [Symbol.dispose](): void {
    this.restore();
  }

  #first(): FakeTimer | undefined {
    let first: FakeTimer | undefined;
    for (const timer of this.#timers.values()) {
      if (first === undefined || timer.dueMs < first.dueMs) first = timer;
    }
    return first;
  }

  #fire(timer: FakeTimer): void {
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    if (timer.intervalMs === undefined) this.#timers.delete(timer.id);
    else timer.dueMs += timer.intervalMs;
    timer.run();
  }
}
