/**
 * Calls with options whose sources are optional: `{ deadlineMs: options.deadlineMs }`.
 * It compiles with `exactOptionalPropertyTypes` on and off, see `optional_test.ts`,
 * and is never run.
 */
import {
  azure,
  createRuntime,
  elasticio,
  exponential,
  linode,
  lxd,
  oci,
  type Operation,
  plan,
  type ResumeToken,
  toActorLogic,
  wait,
} from "@lro/machines";
import { basic, bearer, ociSignature } from "@lro/machines/auth";
import { main } from "@lro/machines/cli";
import { certificateFetch } from "@lro/machines/fetch";
import { createInspector } from "@lro/machines/inspector";
import { cancelOperation, getOperation, operations, request } from "@lro/machines/lxd";
import { createFileStore } from "@lro/machines/store/files";
import { createSqliteStore } from "@lro/machines/store/sqlite";
import {
  createAzureEmulator,
  createElasticioEmulator,
  createLinodeEmulator,
  createLxdEmulator,
  createOciEmulator,
  createScriptedFetch,
  createVirtualClock,
  serveLoopback,
} from "@lro/machines/testing";

/** The same options, each optional one perhaps `undefined`. */
type Sources<Options> = Options extends unknown ? {
    [Name in keyof Options]: Record<never, never> extends Pick<Options, Name>
      ? Options[Name] | undefined
      : Options[Name];
  }
  : never;

/** The options that a function takes, from such sources. */
declare function given<Options>(make: (options: Options) => unknown): Sources<Options>;
/** The same of a function that takes something else first. */
declare function second<Options>(
  make: (first: never, options: Options) => unknown,
): Sources<Options>;

declare const token: ResumeToken;
declare const operation: Operation<string>;

const runtime = createRuntime(given(createRuntime));
runtime.start(operation, second(runtime.start));
runtime.restore(token, second(runtime.restore));
const handle = runtime.start(operation);
handle.result(given(handle.result));
wait(operation, second(wait));
toActorLogic(operation, runtime, {});
exponential(given(exponential));
plan(exponential(), second(plan));

azure.operation(given(azure.operation));
elasticio.execution(given(elasticio.execution));
elasticio.poll(given(elasticio.poll));
linode.event(given(linode.event));
linode.entityFree(given(linode.entityFree));
lxd.operation(given(lxd.operation));
oci.workRequest(given(oci.workRequest));
oci.actAndWaitForWorkRequest(given(oci.actAndWaitForWorkRequest));
oci.actAndWaitForState(given(oci.actAndWaitForState));
oci.waitUntil(given(oci.waitUntil));

operations(given(operations), second(operations));
getOperation(given(getOperation), second(getOperation));
cancelOperation(given(cancelOperation), second(cancelOperation));
request(given(request), second(request));

basic("user", "password", (null as never) as Sources<Parameters<typeof basic>[2]>);
bearer("token", second(bearer));
ociSignature(given(ociSignature));
certificateFetch(given(certificateFetch));
createInspector(runtime, second(createInspector));
createFileStore("directory", second(createFileStore));
createSqliteStore(given(createSqliteStore));
main([], second(main));

createVirtualClock(given(createVirtualClock));
createScriptedFetch([], second(createScriptedFetch));
serveLoopback(() => new Response(), second(serveLoopback));
createAzureEmulator(given(createAzureEmulator));
createElasticioEmulator(given(createElasticioEmulator));
createLinodeEmulator(given(createLinodeEmulator));
createLxdEmulator(given(createLxdEmulator));
createOciEmulator(given(createOciEmulator));

// As it is written in practice, without helpers.
interface Flags {
  deadlineMs?: number;
  signal?: AbortSignal;
  attempts?: number;
  headers?: Record<string, string>;
  fetch?: typeof globalThis.fetch;
}

/** A body whose type is an `interface`. */
interface Body {
  location: string;
  properties?: { size: number };
}

export function begin(flags: Flags, body: Body): Promise<unknown> {
  const { deadlineMs, signal, headers, fetch } = flags;
  const runtime = createRuntime({ fetch, retry: { attempts: flags.attempts } });
  const request = { method: "PUT", url: "https://management.azure.com/r", headers, body };
  return runtime.start(azure.operation({ request, headers }), { deadlineMs, signal })
    .result({ signal });
}
