/** What is `undefined` is as good as absent, wherever options are taken. */
import { assertEquals } from "@std/assert";
import { azure, createRuntime, elasticio, exponential, linode, lxd, oci } from "@lro/machines";
import { main } from "@lro/machines/cli";
import { operations } from "@lro/machines/lxd";
import {
  createAzureEmulator,
  createElasticioEmulator,
  createLinodeEmulator,
  createLxdEmulator,
  createOciEmulator,
  createVirtualClock,
} from "@lro/machines/testing";

/** Options with all of these names, and nothing said. */
const nothing = (names: string): Record<string, undefined> =>
  Object.fromEntries(names.split(" ").map((name) => [name, undefined]));

const iaas = "https://iaas.us-ashburn-1.oraclecloud.com";
const call = { method: "POST", url: `${iaas}/20160918/instances` };
const inputs: Record<string, readonly [make: (more: object) => { input: object }, names: string]> =
  {
    "azure.operation": [
      (more) =>
        azure.operation({ request: { method: "PUT", url: "https://a.example/r" }, ...more }),
      "initialReply finalStateVia algorithms pathFormatArguments pollIntervalMs notFoundGraceMs " +
      "repeatQuery allowedOrigins headers",
    ],
    "elasticio.poll": [(more) => elasticio.poll({ executionId: "1", ...more }), "baseUrl headers"],
    "linode.event": [
      (more) => linode.event({ entityType: "linode", entityId: 1, action: "linode_boot", ...more }),
      "trigger entityIdFrom until baseUrl intervalMs headers",
    ],
    "linode.entityFree": [
      (more) => linode.entityFree({ entityType: "linode", entityId: 1, ...more }),
      "baseUrl intervalMs headers",
    ],
    "lxd.operation": [
      (more) => lxd.operation({ operation: "b8d84888-1dc2-44fd-b386-7f679e171ba5", ...more }),
      "baseUrl headers request",
    ],
    "oci.workRequest": [
      (more) => oci.workRequest({ workRequestId: "ocid1.wr.1", baseUrl: iaas, ...more }),
      "states maxIntervalMs maxWaitMs headers",
    ],
    "oci.actAndWaitForWorkRequest": [
      (more) => oci.actAndWaitForWorkRequest({ action: call, baseUrl: iaas, ...more }),
      "states maxIntervalMs maxWaitMs headers",
    ],
  };

for (const [name, [make, names]] of Object.entries(inputs)) {
  Deno.test(`${name}() takes undefined for absent`, () => {
    const plain = (input: object): unknown => JSON.parse(JSON.stringify(input));
    assertEquals(plain(make(nothing(names)).input), plain(make({}).input));
  });
}

Deno.test("createRuntime() and start() take undefined for absent", async () => {
  const clock = createVirtualClock(nothing("startMs"));
  const replies = [503, 503, 404];
  const runtime = createRuntime({
    ...nothing(
      "random store onError inspect maxConcurrentRequests maxConcurrentRequestsPerOrigin requestTimeoutMs actor maxReplyBytes",
    ),
    clock,
    fetch: () => Promise.resolve(Response.json({}, { status: replies.shift()! })),
    retry: nothing("attempts baseMs maxMs jitter"),
  });
  const handle = runtime.start(elasticio.poll({ executionId: "1" }), {
    ...nothing("id signal deadlineMs schedule onAbort"),
  });
  await clock.runUntil(handle.outcome());
  assertEquals(replies, []);
  await runtime.dispose();
});

Deno.test("exponential() takes undefined for absent", () => {
  assertEquals(exponential(nothing("initialMs factor maxMs jitter")), exponential());
});

Deno.test("a single question takes undefined for absent", async () => {
  const { fetch } = createLxdEmulator(nothing("clock plan faults"));
  const input = { baseUrl: "http://127.0.0.1:1", ...nothing("project allProjects headers") };
  assertEquals(
    await operations(input, { fetch, ...nothing("clock random signal deadlineMs") }),
    [],
  );
});

Deno.test("emulators take undefined for absent", () => {
  const names = "clock plan faults";
  createAzureEmulator(nothing(names));
  createElasticioEmulator(nothing(names));
  createLinodeEmulator(nothing(names));
  createOciEmulator(nothing(names));
});

Deno.test("main() takes undefined for a door of the process's own", async () => {
  let text = "";
  const stdout = { write: (more: string) => text += more };
  const io = { stdout, ...nothing("stderr readStdin env clock fetch random onSignal") };
  assertEquals(await main(["plan", "--deadline", "1s", "--json"], io), 0);
  assertEquals(JSON.parse(text), [1_000].slice(1));
});
