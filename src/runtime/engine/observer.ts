/**
 * Cheap news of everything that a runtime does, for those who watch all of it at
 * once. A runtime that nobody observes pays one comparison for each.
 *
 * @module
 */
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Fault, Reply } from "../../model/message.ts";
import type { ActorRecord } from "./actor_record.ts";
import type { ActorHost } from "./context.ts";
import type { Runtime } from "../runtime.ts";

/** Whoever watches a runtime. Called in the middle of things: look, and do not act. */
export interface RuntimeObserver {
  /** An actor begins, or goes on after it was stopped or restored. */
  began(actor: ActorRecord): void;
  /** An event has moved it, and the effects of its new state have begun. */
  moved(actor: ActorRecord, event: Verdict): void;
  /** Its step has a place and a call, which is about to be sent, or joins an equal one. */
  asked(actor: ActorRecord, call: Call): void;
  /** An attempt leaves. */
  sent(actor: ActorRecord, atMs: number): void;
  /** An attempt came to nothing and is to be repeated. */
  repeats(actor: ActorRecord, cause: Reply | Fault): void;
  /** Its step has its reply, from its own request or from one it shares. */
  replied(actor: ActorRecord, reply: Reply): void;
  /** There will be no reply. */
  faulted(actor: ActorRecord, fault: Fault): void;
  /** It stopped without an outcome. */
  stopped(actor: ActorRecord): void;
  /** It has its outcome, by this event. */
  ended(actor: ActorRecord, event: Verdict): void;
}

/** What is needed of a host to observe its actors. */
export type Observable = Pick<ActorHost, "observer" | "report">;

const hosts = new WeakMap<Runtime, ActorHost>();

/** Lets a runtime be observed. */
export function makeObservable(runtime: Runtime, host: ActorHost): void {
  hosts.set(runtime, host);
}

/**
 * The host of a runtime's actors.
 *
 * @throws {TypeError} If it is not one of our runtimes.
 */
export function hostOf(runtime: Runtime): ActorHost {
  const host = hosts.get(runtime);
  if (host) return host;
  throw new TypeError("Cannot observe runtime: expected what createRuntime() returns");
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

  began(actor: ActorRecord): void {
    try {
      this.#observer.began(actor);
    } catch (error) {
      this.#report(error);
    }
  }

  moved(actor: ActorRecord, event: Verdict): void {
    try {
      this.#observer.moved(actor, event);
    } catch (error) {
      this.#report(error);
    }
  }

  asked(actor: ActorRecord, call: Call): void {
    try {
      this.#observer.asked(actor, call);
    } catch (error) {
      this.#report(error);
    }
  }

  sent(actor: ActorRecord, atMs: number): void {
    try {
      this.#observer.sent(actor, atMs);
    } catch (error) {
      this.#report(error);
    }
  }

  repeats(actor: ActorRecord, cause: Reply | Fault): void {
    try {
      this.#observer.repeats(actor, cause);
    } catch (error) {
      this.#report(error);
    }
  }

  replied(actor: ActorRecord, reply: Reply): void {
    try {
      this.#observer.replied(actor, reply);
    } catch (error) {
      this.#report(error);
    }
  }

  faulted(actor: ActorRecord, fault: Fault): void {
    try {
      this.#observer.faulted(actor, fault);
    } catch (error) {
      this.#report(error);
    }
  }

  stopped(actor: ActorRecord): void {
    try {
      this.#observer.stopped(actor);
    } catch (error) {
      this.#report(error);
    }
  }

  ended(actor: ActorRecord, event: Verdict): void {
    try {
      this.#observer.ended(actor, event);
    } catch (error) {
      this.#report(error);
    }
  }
}
