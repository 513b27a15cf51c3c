/**
 * Cheap news of everything that a runtime does, for those who watch all of it at
 * once. A runtime that nobody observes pays one comparison for each.
 *
 * @module
 */
import type { Verdict } from "./verdict.ts";
import type { Call, Fault, Reply } from "./message.ts";
import type { OperationView, RuntimeObserver } from "./observation.ts";

/** What is needed of a host to observe its actors. */
export interface Observable {
  /** Whoever watches all operations, if anybody does. */
  observer: RuntimeObserver | undefined;
  /** Told of what an observer throws. */
  readonly report: (error: unknown) => void;
}

/**
 * Observes all actors of a host. What an observer throws is reported and contained.
 *
 * @returns Stops it.
 * @throws {TypeError} If somebody observes them already.
 */
export function observe(host: Observable, observer: RuntimeObserver): () => void {
  if (host.observer) throw new TypeError("Cannot observe runtime: it is observed already");
  const contained = new ContainedObserver(observer, host.report);
  host.observer = contained;
  return () => {
    if (host.observer === contained) host.observer = undefined;
  };
}

/** Passes news on. Methods, and no closures: each poll comes through here five times. */
class ContainedObserver implements RuntimeObserver {
  readonly #observer: RuntimeObserver;
  readonly #report: (error: unknown) => void;

  constructor(observer: RuntimeObserver, report: (error: unknown) => void) {
    this.#observer = observer;
    this.#report = report;
  }

  began(actor: OperationView): void {
    try {
      this.#observer.began(actor);
    } catch (error) {
      this.#report(error);
    }
  }

  moved(actor: OperationView, event: Verdict): void {
    try {
      this.#observer.moved(actor, event);
    } catch (error) {
      this.#report(error);
    }
  }

  asked(actor: OperationView, call: Call): void {
    try {
      this.#observer.asked(actor, call);
    } catch (error) {
      this.#report(error);
    }
  }

  sent(actor: OperationView, atMs: number): void {
    try {
      this.#observer.sent(actor, atMs);
    } catch (error) {
      this.#report(error);
    }
  }

  repeats(actor: OperationView, cause: Reply | Fault): void {
    try {
      this.#observer.repeats(actor, cause);
    } catch (error) {
      this.#report(error);
    }
  }

  replied(actor: OperationView, reply: Reply): void {
    try {
      this.#observer.replied(actor, reply);
    } catch (error) {
      this.#report(error);
    }
  }

  faulted(actor: OperationView, fault: Fault): void {
    try {
      this.#observer.faulted(actor, fault);
    } catch (error) {
      this.#report(error);
    }
  }

  stopped(actor: OperationView): void {
    try {
      this.#observer.stopped(actor);
    } catch (error) {
      this.#report(error);
    }
  }

  ended(actor: OperationView, event: Verdict): void {
    try {
      this.#observer.ended(actor, event);
    } catch (error) {
      this.#report(error);
    }
  }
}
