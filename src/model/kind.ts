/**
 * What a provider hands to the runtime: an operation kind is a statechart, a
 * protocol and defaults. A sixth provider is one more call of
 * {@linkcode defineKind}.
 *
 * @module
 */
import type { StateValue } from "xstate";
import type { Call, Fault, Operation, Reply, Verdict } from "./operation.ts";
import { actionsOf, leafPaths, type OperationMachine, stateAt } from "../xstate/mod.ts";
import type { EventStream } from "./stream.ts";
import type { Feed } from "./feed.ts";
import type { Schedule } from "./schedule.ts";
import type { RetryPolicy } from "../runtime/http/retry.ts";

/** How the request of a step may be treated. */
export interface StepPolicy {
  /**
   * When the request may be sent again after a fault:
   *
   * - `always`: repeating it changes nothing (GET)
   * - `unsent`: only when it was certainly not processed: connection refused,
   *   401 after a refresh, 429, and 503 with `Retry-After`
   * - `answered`: as `unsent`, and when the server itself answers 408, 500 or
   *   503: it says that it did not accept; a gateway's 502 and 504 do not
   * - `once`: as `unsent`, and one more time when the answer was lost
   */
  readonly repeat: "always" | "unsent" | "answered" | "once";
  /** Counts as a poll. */
  readonly poll?: boolean;
  /**
   * Whether the protocol reads redirects itself.
   *
   * @default {false}
   */
  readonly readsRedirects?: boolean;
  /** Longest time for one attempt, in milliseconds; the runtime's own where it is not given. */
  readonly timeoutMs?: number;
  /**
   * A long poll: the server keeps the request until it has something to say, so
   * many milliseconds at the most. They come on top of the longest time for one
   * attempt, and the request takes no place among those at once, of which a few
   * such would leave none.
   */
  readonly heldMs?: number;
  /** At most so many attempts, whatever the retry policy allows: for what can be done without. */
  readonly attempts?: number;
  /**
   * With a store: nothing is sent before the token is written, although the
   * request may be repeated. For a start whose key (see `begin`) must survive a crash.
   *
   * @default {false} For `always`; `true` for every other `repeat`.
   */
  readonly writesAhead?: boolean;
  /**
   * Whether `uncertain` tells the protocol of an attempt that was lost although
   * the request is repeated `always`: "already exists" may be that one's work.
   *
   * @default {false}
   */
  readonly tellsLoss?: boolean;
  /** Whether a reply says "not now", where its status alone does not tell; 408, 429 and 5xx but 501 and 505 where this is absent or throws. */
  readonly isTransient?: (reply: Reply) => boolean;
  /** Until when nothing more may be sent to the origin, in milliseconds since the epoch, where a reply says so. */
  readonly holdUntil?: (reply: Reply) => number | undefined;
}

/** What a protocol may look at: the operation's input and what its verdicts remembered. */
export interface ProtocolState<Input, Memory> {
  /** What the factory was given. */
  readonly input: Input;
  /** What verdicts put into `memory` so far. */
  readonly memory: Memory;
  /**
   * An earlier attempt of the present step may have been processed, its answer
   * never came. Only for steps that are not repeated `always`, or that have `tellsLoss`.
   */
  readonly uncertain: boolean;
  /** Milliseconds since the operation started. */
  readonly elapsedMs: number;
  /** Milliseconds until the deadline; `Infinity` where there is none. */
  readonly remainingMs: number;
}

/** Gets a reply in some other way than by one request. */
export type FetchReply = (
  options: { readonly signal: AbortSignal },
) => Promise<Reply>;

/** An event from the caller: `cancel`, `pollNow`, or one that the kind takes. */
export interface CallerEvent {
  /** The event's name. */
  readonly type: string;
  /** What it brings. */
  readonly [field: string]: unknown;
}

/**
 * A provider's pure functions: which call a step makes, and what its reply
 * means. They never wait, never send, and know no clock.
 */
export interface Protocol<Input, Memory> {
  /** Every step the machine names, and how its request may be treated. */
  readonly steps: Readonly<Record<string, StepPolicy>>;
  /** How the request of a step may be treated, where the input decides it; `steps` says it where this does not. */
  policyOf?(step: string, input: Input): StepPolicy | undefined;
  /**
   * What an operation remembers at its start.
   *
   * @param newKey Makes a key, of letters and digits, by which the provider knows a repeated request.
   * @throws {TypeError} If the input, or that of a token, needs something that is not there; `start` and `restore` throw it.
   */
  begin(input: Input, newKey: () => string): Memory;
  /** The origin that the caller's own `headers` are meant for. */
  origin(input: Input): string;
  /**
   * Whether a redirect of a question may lead to another origin than that of its
   * call, e.g. one on which a polling URL may be. A sign-in page of another
   * origin must never become a reply. Where this is absent any origin may answer;
   * credentials never go along.
   */
  allowsOrigin?(origin: string, input: Input): boolean;
  /** The call that a step makes. */
  call(step: string, state: ProtocolState<Input, Memory>): Call;
  /** What the reply to a step's call means. */
  read(step: string, reply: Reply, state: ProtocolState<Input, Memory>): Verdict;
  /** What the step has already, a reply or its meaning, so that nothing is sent. */
  known?(step: string, state: ProtocolState<Input, Memory>): Reply | Verdict | undefined;
  /**
   * The caller's own way to get the reply of a step, instead of its call. It is
   * retried, limited and timed like a request; the call is never sent.
   */
  fetchReply?(step: string, state: ProtocolState<Input, Memory>): FetchReply | undefined;
  /** One request for many waiters, where the provider has a list that serves them all. */
  readonly feed?: Feed<Input, Memory>;
  /** One websocket for many waiters, where the provider tells what happens by itself. */
  readonly stream?: EventStream<Input, Memory>;
  /**
   * What an event from the caller means; the event alone where this is absent.
   *
   * @throws {TypeError} If the event is not fit; `handle.send` throws it.
   */
  hear?(event: CallerEvent, state: ProtocolState<Input, Memory>): Verdict;
  /**
   * What a fault means, where it means more than `transport` (or `protocol` for
   * an answer that cannot be read).
   */
  fault?(
    step: string,
    fault: Fault,
    state: ProtocolState<Input, Memory>,
  ): Verdict | undefined;
  /**
   * The end that the provider has told already, while something about it is
   * still being read: it comes instead of a fault, of `timedOut` and of `canceled`.
   */
  foregone?(state: ProtocolState<Input, Memory>): Verdict | undefined;
  /**
   * What was still missing when the deadline passed, for the error's text, where
   * that is more than an end of the operation.
   *
   * @param value Where the machine stands, as XState has it.
   */
  explainDeadline?(value: StateValue, state: ProtocolState<Input, Memory>): string | undefined;
  /** What was achieved so far: the `partialResult` of whatever error comes next. */
  partialResult?(state: ProtocolState<Input, Memory>): unknown;
  /**
   * What of the input goes into a token: nothing secret, and what later steps
   * need. The whole input where this is absent.
   *
   * @param uncertain The present step's request is out, and will not be sent again by the token.
   */
  keep?(input: Input, memory: Memory, uncertain: boolean): object;
  /** Why the operation cannot be canceled at its provider, for the error text. */
  readonly cannotCancel?: string;
}

/** One pattern of one provider. */
export interface OperationKind<Input = unknown, Memory = unknown> {
  /** `provider.pattern`, e.g. `"elasticio.execution"`; also the machine's id. */
  readonly name: string;
  /** The statechart. */
  readonly machine: OperationMachine;
  /** The pure functions. */
  readonly protocol: Protocol<Input, Memory>;
  /**
   * Checks what a factory or a token hands over.
   *
   * @throws {TypeError} Naming the field, what was seen and what was expected.
   */
  readonly check: (input: unknown) => Input;
  /** When to poll, unless the caller says otherwise. */
  readonly schedule: Schedule | ((input: Input) => Schedule);
  /** Longest wait, in milliseconds, unless the caller says otherwise; none where absent. */
  readonly deadlineMs?: number | ((input: Input) => number);
  /** How to retry, unless the caller says otherwise. */
  readonly retry?: RetryPolicy;
  /** Events that the caller may send, besides `cancel` and `pollNow`. */
  readonly events?: readonly string[];
}

const kinds = new Map<string, OperationKind>();

/**
 * Makes a kind of operation known, so that a runtime can start it and restore
 * its tokens. Defining a name again replaces it.
 *
 * @param kind The statechart, the protocol and the defaults.
 * @returns The same kind.
 * @throws {TypeError} If the name and the machine's id differ, or a step that the machine requests has no policy.
 */
export function defineKind<Input, Memory>(
  kind: OperationKind<Input, Memory>,
): OperationKind<Input, Memory> {
  const { name, machine, protocol } = kind;
  if (!/^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/.test(name)) {
    throw new TypeError(
      `Cannot define kind: expected a name such as "provider.pattern", got ${JSON.stringify(name)}`,
    );
  }
  if (machine.id !== name) {
    throw new TypeError(`Cannot define kind "${name}": its machine is called "${machine.id}"`);
  }
  for (const step of requestedSteps(machine)) {
    if (!Object.hasOwn(protocol.steps, step)) {
      throw new TypeError(`Cannot define kind "${name}": no policy for step "${step}"`);
    }
  }
  kinds.set(name, kind as OperationKind);
  return kind;
}

/**
 * Finds a kind by its name.
 *
 * @throws {TypeError} If nobody defined it.
 */
export function findKind(name: unknown): OperationKind {
  if (typeof name !== "string") {
    throw new TypeError(
      `Cannot find operation kind ${
        JSON.stringify(name)
      }: expected an operation, as a provider's ` +
        "factory makes it",
    );
  }
  const kind = kinds.get(name);
  if (kind) return kind;
  throw new TypeError(
    `Cannot find operation kind ${JSON.stringify(name)}: known are ${
      [...kinds.keys()].join(", ") || "none"
    }; import the provider's module first`,
  );
}

/** Every kind that was defined, in the order of definition. */
export function listKinds(): OperationKind[] {
  return [...kinds.values()];
}

/**
 * Makes an operation of a kind.
 *
 * @throws {TypeError} If the kind's check refuses the input.
 */
export function createOperation<T>(
  kind: Pick<OperationKind, "name" | "check">,
  input: unknown,
): Operation<T> {
  const { name, check } = kind;
  return { provider: providerOf(name), kind: name, input: check(input) as object };
}

/** A text for each operation would be kept for as long as it waits. */
const providers = new Map<string, string>();

/** The provider's part of a kind's name. */
export function providerOf(kindName: string): string {
  let provider = providers.get(kindName);
  if (provider === undefined) {
    provider = kindName.slice(0, kindName.indexOf("."));
    providers.set(kindName, provider);
  }
  return provider;
}

function requestedSteps(machine: OperationMachine): Set<string> {
  const steps = new Set<string>();
  for (const path of leafPaths(machine)) {
    for (const { type, params } of actionsOf(stateAt(machine, path).entry)) {
      if (type === "request" && params) steps.add(params["step"] as string);
    }
  }
  return steps;
}
