import { assertEquals, assertRejects } from "@std/assert";
import { azure, createRuntime } from "@lro/machines";
import { bearer, type TokenCredential } from "@lro/machines/auth";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";

const ARM = "https://management.azure.com";
const HOUR_MS = 3_600_000;

type Asked = Parameters<TokenCredential["getToken"]>;

/** A credential whose tokens are numbered, and what it was asked. */
function createCredential(clock: { now(): number }, lifeMs = HOUR_MS) {
  const asked: Asked[] = [];
  const credential: TokenCredential = {
    getToken: (...request) => {
      asked.push(request);
      return Promise.resolve({
        token: String(asked.length),
        expiresOnTimestamp: clock.now() + lifeMs,
      });
    },
  };
  return { credential, asked };
}

/** What each request carried; 401 to those tokens that are refused. */
function createRecorder(refused: Readonly<Record<string, HeadersInit>> = {}) {
  const seen: string[] = [];
  const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const token = new Request(input, init).headers.get("authorization") ?? "";
    seen.push(token);
    const headers = refused[token];
    return Promise.resolve(
      headers === undefined ? new Response("{}") : new Response("", { status: 401, headers }),
    );
  };
  return { fetch, seen };
}

Deno.test("bearer() asks a credential for ARM's scope, or for another", async () => {
  const { credential, asked } = createCredential(createVirtualClock());
  const { fetch } = createRecorder();
  await bearer(credential, { origins: ARM, fetch })(ARM);
  await bearer(credential, { origins: ARM, fetch, scope: "https://ai.azure.com/.default" })(ARM);
  await bearer(credential, { origins: ARM, fetch, scope: ["a", "b"] })(ARM);
  assertEquals(asked.map(([scopes]) => scopes), [
    "https://management.azure.com/.default",
    "https://ai.azure.com/.default",
    ["a", "b"],
  ]);
});

Deno.test("a credential's token is renewed two minutes before it expires, once for all", async () => {
  const clock = createVirtualClock();
  const { credential, asked } = createCredential(clock);
  const { fetch, seen } = createRecorder();
  const authorized = bearer(credential, { origins: ARM, fetch, clock });
  await authorized(ARM);
  await clock.advance(HOUR_MS - 120_001);
  await authorized(ARM);
  assertEquals(asked.length, 1);
  await clock.advance(1);
  await Promise.all([authorized(ARM), authorized(ARM), authorized(ARM)]);
  assertEquals(asked.length, 2);
  assertEquals(seen, ["Bearer 1", "Bearer 1", "Bearer 2", "Bearer 2", "Bearer 2"]);
});

Deno.test("a short-lived token is renewed in the middle of its life, an expired one every second", async () => {
  for (const [lifeMs, renewedAfterMs] of [[60_000, 30_000], [-5_000, 1_000]] as const) {
    const clock = createVirtualClock();
    const { credential, asked } = createCredential(clock, lifeMs);
    const authorized = bearer(credential, { origins: ARM, clock, fetch: createRecorder().fetch });
    await authorized(ARM);
    await clock.advance(renewedAfterMs - 1);
    await authorized(ARM);
    assertEquals(asked.length, 1, `a life of ${lifeMs} ms`);
    await clock.advance(1);
    await authorized(ARM);
    assertEquals(asked.length, 2, `a life of ${lifeMs} ms`);
  }
});

Deno.test("a renewal that fails leaves the old token in use until it expires", async () => {
  const clock = createVirtualClock();
  let isDown = false;
  const credential: TokenCredential = {
    getToken: () =>
      isDown
        ? Promise.reject(new Error("the metadata service is down"))
        : Promise.resolve({ token: "old", expiresOnTimestamp: HOUR_MS }),
  };
  const { fetch, seen } = createRecorder();
  const authorized = bearer(credential, { origins: ARM, fetch, clock });
  await authorized(ARM);
  isDown = true;
  await clock.advance(HOUR_MS - 60_000);
  await authorized(ARM);
  await clock.advance(60_000);
  await assertRejects(() => authorized(ARM), Error, `Cannot get credentials for ${ARM}`);
  isDown = false;
  await authorized(ARM);
  assertEquals(seen, ["Bearer old", "Bearer old", "Bearer old"]);
});

Deno.test("a credential is asked again after a 401, with the claims that the server demands", async () => {
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
  const challenge = 'Bearer realm="", error="insufficient_claims", claims="' + btoa(claims) + '"';
  const { credential, asked } = createCredential({ now: () => 0 });
  const { fetch, seen } = createRecorder({
    "Bearer 1": { "www-authenticate": challenge },
    "Bearer 2": { "www-authenticate": 'Bearer claims="%%%"' },
    "Bearer 3": {},
  });
  const authorized = bearer(credential, { origins: ARM, fetch, clock: createVirtualClock() });
  for (let time = 0; time < 3; time++) {
    await authorized(ARM);
    assertEquals(await authorized.refresh!(ARM), true);
  }
  await authorized(ARM);
  assertEquals(asked.map(([, options]) => options), [
    undefined,
    { claims, enableCae: true },
    undefined,
    undefined,
  ]);
  assertEquals(seen.at(-1), "Bearer 4");
});

Deno.test("an operation goes on when its credential's token is refused or expires meanwhile", async () => {
  const clock = createVirtualClock();
  const { credential, asked } = createCredential(clock, 90 * 60_000);
  const carrying = (token: number) => ({ headers: { authorization: `Bearer ${token}` } });
  const monitor = `${ARM}/operations/1`;
  const script = createScriptedFetch([
    { request: carrying(1), response: { status: 202, headers: { "operation-location": monitor } } },
    { request: carrying(1), response: { status: 401 } },
    { request: carrying(2), response: { status: 200, json: { status: "Running" } } },
    { request: carrying(3), response: { status: 200, json: { status: "Succeeded" } } },
  ], { clock });
  const fetch = bearer(credential, { origins: ARM, fetch: script, clock });
  await using runtime = createRuntime({ clock, fetch });
  const request = { method: "POST", url: `${ARM}/r` };
  const handle = runtime.start(azure.operation({ request, pollIntervalMs: 2 * HOUR_MS }));
  assertEquals((await clock.runUntil(handle.outcome())).kind, "succeeded");
  assertEquals(asked.length, 3);
});

Deno.test("a credential without a token sends nothing", async () => {
  const { fetch, seen } = createRecorder();
  const credential: TokenCredential = { getToken: () => Promise.resolve(null) };
  const authorized = bearer(credential, { origins: ARM, fetch });
  const error = await assertRejects(() => authorized(ARM), Error, "Cannot get credentials");
  assertEquals((error.cause as Error).message, "Cannot authorize: the credential has no token");
  assertEquals(seen, []);
});
