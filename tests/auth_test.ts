import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createRuntime, elasticio, TransportError } from "@lro/machines";
import { basic, bearer } from "@lro/machines/auth";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";

const API = "https://api.elastic.io";

/** What each request carried, by its URL. */
function recorder(status: (authorization: string | undefined) => number = () => 200) {
  const seen: [string, string | undefined][] = [];
  const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const authorization = request.headers.get("authorization") ?? undefined;
    seen.push([request.url, authorization]);
    return Promise.resolve(new Response("{}", { status: status(authorization) }));
  };
  return { fetch, seen };
}

Deno.test("basic() sends user and password as UTF-8 to its own origin", async () => {
  const { fetch, seen } = recorder();
  await basic("root", "sécret", { origins: API, fetch })(`${API}/v1/exec/poll/1`);
  assertEquals(seen, [[`${API}/v1/exec/poll/1`, "Basic cm9vdDpzw6ljcmV0"]]);
});

Deno.test("credentials go to no other origin, scheme or port", async () => {
  const { fetch, seen } = recorder();
  const authorized = bearer("token", { origins: [API, "https://b.example"], fetch });
  const urls = [
    "http://api.elastic.io/",
    "https://api.elastic.io:444/",
    "https://api.elastic.io.evil.example/",
    "https://evil.example/?https://api.elastic.io",
    "https://b.example/",
  ];
  for (const url of urls) await authorized(url);
  assertEquals(seen.map(([, authorization]) => authorization), [
    undefined,
    undefined,
    undefined,
    undefined,
    "Bearer token",
  ]);
});

Deno.test("wrappers nest, one for each cloud", async () => {
  const { fetch, seen } = recorder();
  const one = basic("u", "p", { origins: API, fetch });
  const both = bearer("token", { origins: "https://api.linode.com", fetch: one });
  await both(`${API}/`);
  await both("https://api.linode.com/");
  assertEquals(seen.map(([, authorization]) => authorization), ["Basic dTpw", "Bearer token"]);
});

Deno.test("bearer() keeps the request's own headers and body, and takes a Request", async () => {
  const bodies: string[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    bodies.push(`${request.headers.get("x-a")} ${await request.text()}`);
    return new Response();
  };
  const authorized = bearer("token", { origins: API, fetch });
  await authorized(new Request(API, { method: "POST", headers: { "x-a": "1" }, body: "b" }));
  await authorized(API, { method: "POST", headers: { "x-a": "2" }, body: "c" });
  assertEquals(bodies, ["1 b", "2 c"]);
});

Deno.test("bearer() asks its function once for many requests, and again after a 401", async () => {
  const asked: boolean[] = [];
  const { fetch, seen } = recorder((authorization) => authorization === "Bearer 2" ? 200 : 401);
  const authorized = bearer(({ refresh }) => {
    asked.push(refresh);
    return Promise.resolve(String(asked.length));
  }, { origins: API, fetch });
  await Promise.all([authorized(API), authorized(API), authorized(API)]);
  assertEquals(asked, [false]);
  const refreshed = [1, 2, 3].map(() => authorized.refresh!(`${API}/x`));
  assertEquals(await Promise.all(refreshed), [true, true, true]);
  assertEquals(asked, [false, true]);
  await authorized(API);
  assertEquals(seen.at(-1)?.[1], "Bearer 2");
});

Deno.test("a token that is refused is refreshed by the runtime, and the request sent again", async () => {
  const clock = createVirtualClock();
  const script = createScriptedFetch([
    { request: { headers: { authorization: "Bearer 1" } }, response: { status: 401 } },
    { request: { headers: { authorization: "Bearer 2" } }, response: { status: 204 } },
  ], { clock, thenRepeat: { status: 200 } });
  let tokens = 0;
  const fetch = bearer(() => String(++tokens), { origins: API, fetch: script });
  await using runtime = createRuntime({ clock, fetch });
  const handle = runtime.start(elasticio.poll({ executionId: "1" }));
  await clock.runUntil(handle.outcome());
  assertEquals(tokens, 2);
  assertEquals(handle.snapshot.requests, 2);
});

Deno.test("credentials that cannot be refreshed leave a 401 final: the operation can be resumed", async () => {
  const clock = createVirtualClock();
  const script = createScriptedFetch([], { clock, thenRepeat: { status: 401 } });
  const fetch = basic("u", "p", { origins: API, fetch: script });
  await using runtime = createRuntime({ clock, fetch });
  const result = runtime.start(elasticio.poll({ executionId: "1" })).result();
  const error = await assertRejects(() => clock.runUntil(result), TransportError);
  assertEquals([error.status, script.requests.length], [401, 1]);
});

Deno.test("a token function that fails sends nothing, and is asked again", async () => {
  const { fetch, seen } = recorder();
  let asked = 0;
  const authorized = bearer(() => {
    if (++asked === 1) throw new Error("vault is sealed");
    return "token";
  }, { origins: API, fetch });
  const error = await assertRejects(
    () => authorized(API),
    Error,
    `Cannot get credentials for ${API}`,
  );
  assertEquals((error.cause as Error).message, "vault is sealed");
  assertEquals(seen, []);
  await authorized(API);
  assertEquals(seen.length, 1);
});

const NO_ORIGINS = [
  "https://*",
  "https://*.elastic.io",
  "https://api.*",
  "https://%2A",
  "*",
  "",
  "https://a..b",
  "https://.elastic.io",
  "https://-a-.example",
  "https://api.elastic.io/v1",
  "https://api.elastic.io?x=1",
  "https://api.elastic.io#x",
  "https://:secret@api.elastic.io",
  "null",
  "file:///etc",
];

Deno.test("an origin may be a name, an address, with a port or a slash", async () => {
  const origins = ["http://localhost:8080", "https://[::1]/", "http://10.0.0.1", "https://my_host"];
  for (const origin of origins) {
    const { fetch, seen } = recorder();
    await basic("u", "p", { origins: origin, fetch })(`${origin.replace(/\/$/, "")}/x`);
    assertEquals(seen.map(([, authorization]) => authorization), ["Basic dTpw"]);
  }
});

Deno.test("bad credentials and origins are refused at once, without being shown", () => {
  const bad = [
    () => basic("a:b", "p", { origins: API }),
    () => basic(undefined as unknown as string, "p", { origins: API }),
    () => bearer("", { origins: API }),
    () => bearer("with blank", { origins: API }),
    () => bearer("t", { origins: [] }),
    () => bearer("t", undefined as never),
    () => basic("a", "p", undefined as never),
    () => bearer("t", { origins: "api.elastic.io" }),
    () => bearer("t", { origins: "ftp://api.elastic.io" }),
    ...NO_ORIGINS.map((origins) => () => bearer("t", { origins })),
    ...NO_ORIGINS.map((origin) => () => basic("u", "p", { origins: [API, origin] })),
    () => bearer("t", { origins: "https://user:secret@api.elastic.io" }),
  ];
  for (const make of bad) {
    const error = assertThrows(make, TypeError, "Cannot authorize");
    assertEquals(/with blank|secret/.test(error.message), false);
  }
});
