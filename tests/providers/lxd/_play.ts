/** LXD operations against scripted replies, or against the emulator. */
import {
  createRuntime,
  type JsonValue,
  lxd,
  type Operation,
  type Runtime,
  type RuntimeOptions,
} from "@lro/machines";
import {
  createLxdEmulator,
  createVirtualClock,
  type LxdEmulator,
  type LxdEmulatorOptions,
  type ScriptedResponse,
  type VirtualClock,
} from "@lro/machines/testing";

export const ID = "b8d84888-1dc2-44fd-b386-7f679e171ba5";
export const URL_OF_IT = `http://lxd/1.0/operations/${ID}`;

/** An import of an image, which starts an operation. */
export function importing(
  options: Partial<lxd.LxdOperationInput> = {},
): Operation<lxd.LxdOperation> {
  const request = { method: "POST", url: "/1.0/images", body: { source: {} } };
  return lxd.operation({ request, ...options });
}

/** The operation of all tests, which somebody else started. */
export function joining(options: Partial<lxd.LxdOperationInput> = {}): Operation<lxd.LxdOperation> {
  return lxd.operation({ operation: ID, ...options });
}

const WORDS: Readonly<Record<number, string>> = {
  103: "Running",
  104: "Cancelling",
  105: "Pending",
  200: "Success",
  400: "Failure",
  401: "Cancelled",
};

/** An operation as LXD shows it. */
export function operationOf(code: number, more: object = {}): Record<string, JsonValue> {
  return {
    id: ID,
    class: "task",
    status: WORDS[code] ?? "Odd",
    status_code: code,
    resources: null,
    metadata: null,
    may_cancel: true,
    err: "",
    ...more,
  };
}

/** An answer with an operation in it. */
export function shown(code: number, more: object = {}): ScriptedResponse {
  const metadata = operationOf(code, more);
  return { status: 200, json: { type: "sync", status: "Success", status_code: 200, metadata } };
}

/** The answer to a start. */
export function accepted(more: object = {}): ScriptedResponse {
  const operation = `/1.0/operations/${ID}`;
  return { status: 202, json: { type: "async", operation, metadata: operationOf(103), ...more } };
}

/** What is wrong, as LXD says it. */
export function refused(code: number, error: string, status: number = code): ScriptedResponse {
  return { status, json: { type: "error", error, error_code: code, metadata: null } };
}

/** A world whose server is the emulator. */
export interface LxdWorld extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly emulator: LxdEmulator;
  readonly runtime: Runtime;
}

/**
 * Creates a world.
 *
 * @param hasSockets Whether the runtime can listen to events.
 */
export function createLxdWorld(
  options: LxdEmulatorOptions & { readonly hasSockets?: boolean } = {},
  runtimeOptions: RuntimeOptions = {},
): LxdWorld {
  const { hasSockets = true, ...rest } = options;
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const emulator = createLxdEmulator({ clock, ...rest });
  const runtime = createRuntime({
    clock,
    fetch: hasSockets ? emulator.fetch : (input, init) => emulator.fetch(input, init),
    random: () => 0.5,
    ...runtimeOptions,
  });
  return { clock, emulator, runtime, [Symbol.asyncDispose]: () => runtime.dispose() };
}

/** What was asked, when, e.g. `"0 start"`. */
export function times({ emulator }: LxdWorld): string[] {
  return emulator.log.map(({ atMs, kind }) => `${atMs} ${kind}`);
}

/** Somebody else starts an operation. Returns its id. */
export async function beginElsewhere({ emulator }: LxdWorld): Promise<string> {
  await emulator.fetch("http://lxd/1.0/images", { method: "POST" });
  return emulator.operations.at(-1)!.id;
}
