/** Linode operations against scripted replies, or against the emulator. */
import {
  createRuntime,
  linode,
  type Operation,
  type OperationHandle,
  type Runtime,
  type RuntimeOptions,
} from "@lro/machines";
import {
  createLinodeEmulator,
  createVirtualClock,
  type LinodeEmulator,
  type LinodeEmulatorOptions,
  type ScriptedResponse,
  type VirtualClock,
} from "@lro/machines/testing";
import type { EventOptions, LinodeEvent } from "@lro/machines/linode";

export const API = "https://api.linode.com/v4";
export const START = 1_700_000_000_000;
/** The entity of all tests. */
export const ID = 11_111;

/** Waits for the shutdown of the entity; the caller pulls the trigger. */
export function shutdown(options: Partial<EventOptions> = {}): Operation<LinodeEvent> {
  return linode.event({
    entityType: "linode",
    entityId: ID,
    action: "linode_shutdown",
    ...options,
  });
}

/** The same, and pulls the trigger too. */
export function triggered(options: Partial<EventOptions> = {}): Operation<LinodeEvent> {
  const url = `${API}/linode/instances/${ID}/shutdown`;
  return shutdown({ trigger: { method: "POST", url }, ...options });
}

/** Says that the trigger is pulled as soon as that may be. */
export async function pull<T>(
  handle: OperationHandle<T>,
  event: { readonly entityId?: number | string } = {},
): Promise<void> {
  await handle.reached("armed");
  handle.send({ type: "triggered", ...event });
}

/** An event as a list has it. */
export function eventOf(id: number, status: string, more: object = {}): Record<string, never> {
  return {
    id,
    status,
    action: "linode_shutdown",
    message: null,
    percent_complete: null,
    entity: { type: "linode", id: ID },
    ...more,
  } as never;
}

/** A page of events. */
export function listOf(...events: readonly object[]): ScriptedResponse {
  return pageOf(events, 1, 1);
}

/** One page of several. */
export function pageOf(data: readonly object[], page: number, pages: number): ScriptedResponse {
  return { status: 200, json: { data: data as never, page, pages, results: data.length } };
}

/** One event by itself. */
export function one(id: number, status: string, more: object = {}): ScriptedResponse {
  return { status: 200, json: eventOf(id, status, more) };
}

/** A refusal, as Linode writes it. */
export function refusal(status: number, reason: string): ScriptedResponse {
  return { status, json: { errors: [{ reason }] } };
}

/** A world whose server is the emulator. */
export interface LinodeWorld extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly emulator: LinodeEmulator;
  readonly runtime: Runtime;
}

/** A world with the entity of all tests in it. */
export function createLinodeWorld(
  options: LinodeEmulatorOptions = {},
  runtimeOptions: RuntimeOptions = {},
): LinodeWorld {
  const clock = createVirtualClock({ startMs: START });
  const emulator = createLinodeEmulator({ clock, instances: [ID], ...options });
  const runtime = createRuntime({
    clock,
    fetch: emulator.fetch,
    random: () => 0.5,
    ...runtimeOptions,
  });
  return { clock, emulator, runtime, [Symbol.asyncDispose]: () => runtime.dispose() };
}

/** Adds old events of the entity. Returns how many. */
export function addHistory({ emulator }: LinodeWorld, count: number): void {
  for (let index = 0; index < count; index++) {
    emulator.addEvent({
      action: "linode_shutdown",
      entity: { type: "linode", id: ID },
      agoMs: 1_000_000 - index,
    });
  }
}

/** What was asked, when, e.g. `"0 list"`. */
export function times({ emulator }: LinodeWorld): string[] {
  return emulator.log.map(({ atMs, kind }) => `${atMs} ${kind}`);
}
