/** Secrets that change while thousands of requests are under way. */
import { assert, assertEquals } from "@std/assert";
import { createRuntime, oci } from "@lro/machines";
import { bearer } from "@lro/machines/auth";
import { createVirtualClock } from "@lro/machines/testing";

const OCI = "https://iaas.us-ashburn-1.oraclecloud.com";

Deno.test("a thousand operations with a token that rotates refresh it about once a rotation, and none is rejected", async () => {
  const clock = createVirtualClock();
  const ROTATION_MS = 7_000;
  const LATENCY_MS = 300;
  const validNow = () => `t${Math.floor(clock.now() / ROTATION_MS)}`;
  const pause = (ms: number) => new Promise<void>((done) => clock.setTimeout(() => done(), ms));
  let requests = 0;
  const server = async (_input: unknown, init?: RequestInit): Promise<Response> => {
    const n = requests++;
    await pause(n % LATENCY_MS);
    const isValid = new Headers(init?.headers).get("authorization") === `Bearer ${validNow()}`;
    await pause((n * 7) % LATENCY_MS);
    if (!isValid) return Response.json({ code: "NotAuthenticated" }, { status: 401 });
    const lifecycleState = clock.now() > 60_000 ? "RUNNING" : "STARTING";
    return Response.json({ lifecycleState });
  };
  let refreshes = 0;
  const fetch = bearer(async ({ refresh }) => {
    if (refresh) refreshes++;
    await pause(50);
    return validNow();
  }, { origins: OCI, fetch: server, clock });
  await using runtime = createRuntime({ clock, fetch, random: () => 0.5 });
  const handles = Array.from({ length: 1_000 }, (_, index) =>
    runtime.start(
      oci.waitUntil({
        get: { method: "GET", url: `${OCI}/20160918/instances/${index}` },
        property: "lifecycleState",
        state: "RUNNING",
        maxIntervalMs: 2_000,
      }),
    ));
  const outcomes = await clock.runUntil(Promise.all(handles.map((handle) => handle.outcome())));
  assertEquals(new Set(outcomes.map(({ kind }) => kind)), new Set(["succeeded"]));
  const rotations = Math.floor(clock.now() / ROTATION_MS);
  assert(refreshes >= rotations - 1 && refreshes <= 2 * rotations, `${refreshes} of ${rotations}`);
});

Deno.test("a request that was refused with an old token is only sent again", async () => {
  const seen: (string | null)[] = [];
  const answers: ((status: number) => void)[] = [];
  const server = (_input: unknown, init?: RequestInit): Promise<Response> => {
    seen.push(new Headers(init?.headers).get("authorization"));
    return new Promise((done) => answers.push((status) => done(new Response("", { status }))));
  };
  const asked: boolean[] = [];
  const fetch = bearer(({ refresh }) => String(asked.push(refresh)), {
    origins: OCI,
    fetch: server,
  });
  const turn = () => new Promise((done) => setTimeout(done, 0));
  const first = fetch(OCI);
  const second = fetch(OCI);
  await turn();
  answers[0]!(401);
  await first;
  assertEquals(await fetch.refresh!(OCI), true);
  answers[1]!(401); // it carried the token that was refreshed since
  await second;
  assertEquals(await fetch.refresh!(OCI), true);
  assertEquals(asked, [false, true]);
  const third = fetch(OCI);
  await turn();
  assertEquals(seen, ["Bearer 1", "Bearer 1", "Bearer 2"]);
  answers[2]!(401); // the present one is refused too
  await third;
  assertEquals(await fetch.refresh!(OCI), true);
  assertEquals(asked, [false, true, true]);
});

Deno.test("while a token is being refreshed nothing is sent with the one that was refused", async () => {
  const seen: (string | null)[] = [];
  const gate = Promise.withResolvers<string>();
  const fetch = bearer(({ refresh }) => refresh ? gate.promise : "old", {
    origins: OCI,
    fetch: (_input, init) => {
      seen.push(new Headers(init?.headers).get("authorization"));
      return Promise.resolve(new Response("", { status: seen.length === 1 ? 401 : 200 }));
    },
  });
  await fetch(OCI);
  const refreshed = fetch.refresh!(OCI);
  const waiting = fetch(OCI);
  gate.resolve("new");
  assertEquals([await refreshed, (await waiting).status], [true, 200]);
  assertEquals(seen, ["Bearer old", "Bearer new"]);
});
