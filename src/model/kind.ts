/**
 * What a provider hands to the runtime: an operation kind is a statechart, a
 * protocol and defaults. A sixth provider is one more call of
 * {@linkcode defineKind}.
 *
 * @module
 */
import type { Protocol } from "./protocol.ts";
import type { Operation } from "./message.ts";
import { actionsOf, leafPaths, type OperationMachine, stateAt } from "../xstate/mod.ts";
import type { Schedule } from "./schedule.ts";
import type { RetryPolicy } from "./retry.ts";

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
