/** What an attacker can try from another site, another program, or the network. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createInspector } from "@lro/machines/inspector";
import { createRuntime } from "@lro/machines";
import type { WireHistory } from "../../src/inspector/wire.ts";
import { jobs } from "../runtime/_job.ts";
import { ACCEPTED, outcomeOf, PENDING } from "../runtime/_world.ts";
import { createStage, pathOf, type Question } from "./_stage.ts";

const PATHS = [
  "/",
  "/events",
  "/export",
  "/commands",
  "/operations/a/history",
  "/operations/a/stately",
  "/operations/a/export",
  "/nothing",
];

/** Starts an operation and tries something on it; it must not come to harm. */
async function attack(
  question: (stage: Awaited<ReturnType<typeof createStage>>) => Question & { path?: string },
  expectedStatus: number,
): Promise<void> {
  await using stage = await createStage([ACCEPTED], {
    thenRepeat: PENDING,
    inspector: { allowActions: true },
  });
  const handle = stage.world.runtime.start(jobs.unsent(), { id: "a" });
  const { path = "/commands", ...rest } = question(stage);
  const { status, text, headers } = await stage.ask(path, rest);
  assertEquals(status, expectedStatus);
  assertEquals(handle.snapshot.status, "active");
  assert(!text.includes('"a"'), "it says what it shows");
  assertEquals(headers["access-control-allow-origin"], undefined);
}

const CANCEL = JSON.stringify({ type: "cancel", ids: ["a"] });

/** A command as our page would send it. */
function goodCommand(stage: Awaited<ReturnType<typeof createStage>>) {
  return {
    method: "POST",
    headers: {
      cookie: stage.cookie,
      origin: stage.inspector.origin,
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
    },
    body: CANCEL,
  };
}

Deno.test("the inspector obeys a command of its own page, where actions are allowed", async () => {
  await using stage = await createStage([ACCEPTED], { inspector: { allowActions: true } });
  const handle = stage.world.runtime.start(jobs.unsent(), { id: "a" });
  const { status, text } = await stage.ask("/commands", goodCommand(stage));
  assertEquals([status, text], [200, '{"count":1}']);
  await stage.world.clock.runUntil(handle.outcome());
  assertEquals(handle.snapshot.state, "canceled");
});

Deno.test("the inspector changes nothing unless it was started so", async () => {
  await using stage = await createStage([ACCEPTED], { thenRepeat: PENDING });
  const handle = stage.world.runtime.start(jobs.unsent(), { id: "a" });
  const { status } = await stage.ask("/commands", goodCommand(stage));
  assertEquals([status, handle.snapshot.status], [403, "active"]);
});

for (const origin of ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost"]) {
  Deno.test(`the inspector refuses a command of origin ${origin} with 403`, () =>
    attack((stage) => {
      const good = goodCommand(stage);
      return { ...good, headers: { ...good.headers, origin } };
    }, 403));
}

for (const path of PATHS) {
  Deno.test(`the inspector refuses ${path} to another origin with 403, cookie or not`, () =>
    attack(({ cookie }) => ({ path, headers: { cookie, origin: "http://evil.example" } }), 403));

  Deno.test(`the inspector refuses ${path} under another host name with 421 (DNS rebinding)`, () =>
    attack(({ cookie, inspector }) => ({
      path,
      headers: { cookie, host: `evil.example:${new URL(inspector.origin).port}` },
    }), 421));

  if (path === "/commands") continue;
  Deno.test(`the inspector refuses ${path} without a cookie with 401`, () =>
    attack(() => ({ path }), 401));

  Deno.test(`the inspector refuses ${path} with a wrong cookie with 401`, () =>
    attack(({ cookie }) => ({
      path,
      headers: { cookie: cookie.replace(/.$/, (last) => last === "0" ? "1" : "0") },
    }), 401));
}

Deno.test("the inspector refuses a host without its port with 421", () =>
  attack(({ cookie }) => ({ path: "/", headers: { cookie, host: "127.0.0.1" } }), 421));

Deno.test("the inspector refuses a command without a cookie with 401", () =>
  attack((stage) => {
    const { cookie: _, ...headers } = goodCommand(stage).headers;
    return { ...goodCommand(stage), headers };
  }, 401));

for (const site of ["cross-site", "same-site", "none", undefined]) {
  Deno.test(`the inspector refuses a command with Sec-Fetch-Site ${site} with 403`, () =>
    attack((stage) => {
      const { "sec-fetch-site": _, ...headers } = goodCommand(stage).headers;
      return {
        ...goodCommand(stage),
        headers: { ...headers, ...(site && { "sec-fetch-site": site }) },
      };
    }, 403));
}

for (const site of ["cross-site", "same-site"]) {
  Deno.test(`the inspector refuses to be read by a page that is ${site} with 403`, () =>
    attack(({ cookie }) => ({
      path: "/operations/a/history",
      headers: { cookie, "sec-fetch-site": site },
    }), 403));
}

for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
  Deno.test(`the inspector refuses a command with ${method} with 405`, () =>
    attack((stage) => {
      const { body: _, ...good } = goodCommand(stage);
      return { ...good, method };
    }, 405));
}

for (const path of ["/", "/events", "/operations/a/history"]) {
  Deno.test(`the inspector refuses a POST to ${path} with 405`, () =>
    attack((stage) => ({ ...goodCommand(stage), path }), 405));
}

for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]) {
  Deno.test(`the inspector refuses a command as ${type || "nothing"} with 415`, () =>
    attack((stage) => {
      const good = goodCommand(stage);
      return { ...good, headers: { ...good.headers, "content-type": type } };
    }, 415));
}

const BAD_BODIES: readonly (readonly [what: string, body: string, status: number])[] = [
  ["an unknown command", '{"type":"succeed","ids":["a"]}', 400],
  ["a command that machines know", '{"type":"deadline","ids":["a"]}', 400],
  ["a command that every object has", '{"type":"constructor","ids":["a"]}', 400],
  ["a command without operations", '{"type":"cancel"}', 400],
  ["operations that are no texts", '{"type":"cancel","ids":[{}]}', 400],
  ["broken JSON", '{"type":', 400],
  ["a list", "[]", 400],
  ["nothing", "", 400],
  ["an oversized body", `{"type":"cancel","ids":["a","${"x".repeat(600_000)}"]}`, 413],
];
for (const [what, body, status] of BAD_BODIES) {
  Deno.test(`the inspector refuses ${what} with ${status}`, () =>
    attack((stage) => ({ ...goodCommand(stage), body }), status));
}

Deno.test("the inspector refuses an oversized body that does not say its length", () =>
  attack((stage) => {
    const good = goodCommand(stage);
    return {
      ...good,
      headers: { ...good.headers, "transfer-encoding": "chunked" },
      body: `{"type":"cancel","ids":["a","${"x".repeat(600_000)}"]}`,
    };
  }, 413));

Deno.test("a link lets one browser in, once", async () => {
  await using stage = await createStage([]);
  const link = pathOf(stage.inspector.createLink());
  const first = await stage.ask(link);
  assertEquals([first.status, first.headers["location"]], [303, "/"]);
  assertMatch(
    String(first.headers["set-cookie"]),
    /^lro_inspector_\d+=[0-9a-f]{48}; HttpOnly; SameSite=Strict; Path=\/$/,
  );
  assertEquals((await stage.ask(link)).status, 401);
  assertEquals((await stage.ask(link, { headers: { cookie: stage.cookie } })).status, 303);
});

for (const token of ["", "0".repeat(48), "%00", "[object Object]"]) {
  Deno.test(`the token ${JSON.stringify(token)} is refused with 401`, () =>
    attack(() => ({ path: `/?token=${encodeURIComponent(token)}` }), 401));
}

Deno.test("a cookie of an inspector before it lets nobody into the next one", async () => {
  await using first = await createStage([]);
  await using second = await createStage([]);
  const { port } = new URL(second.inspector.origin);
  const value = first.cookie.split("=")[1];
  const answer = await second.ask("/", { headers: { cookie: `lro_inspector_${port}=${value}` } });
  assertEquals(answer.status, 401);
});

Deno.test("the page may load nothing but its own files, and nobody may frame it", async () => {
  await using stage = await createStage([]);
  const { headers } = await stage.get("/");
  const policy = String(headers["content-security-policy"]);
  for (
    const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]
  ) assert(policy.split(/; ?/).includes(part), part);
  assert(!policy.includes("unsafe"));
  assertEquals(headers["x-content-type-options"], "nosniff");
  assertEquals(headers["referrer-policy"], "no-referrer");
  assertEquals(headers["cross-origin-opener-policy"], "same-origin-allow-popups");
  assertEquals(headers["cross-origin-resource-policy"], "same-origin");
});

Deno.test("the viewer needs no cookie, holds no data and reaches no server", async () => {
  await using stage = await createStage([]);
  stage.world.runtime.start(jobs.unsent(), { id: "secret-name" });
  const { status, headers, text } = await stage.ask("/viewer");
  assertEquals(status, 200);
  assert(String(headers["content-security-policy"]).includes("connect-src 'none'"));
  assert(!text.includes("secret-name"));
});

Deno.test("the server listens on the loopback interface alone", async () => {
  await using stage = await createStage([]);
  assertEquals(new URL(stage.inspector.origin).hostname, "127.0.0.1");
});

const SECRETS = {
  bearer: "tok3n-abcdefghijkl",
  cookie: "s3ss10n-cookie",
  apiKey: "ap1-k3y-value",
  sas: "s4s-s1gnature",
  password: "passw0rd-in-body",
  user: "us3r-info",
  jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzM2NyM3QifQ.c2lnbmF0dXJl",
  par: "p4r-l1nk-secret",
  reply: "r3ply-secret",
  nested: "n3sted-secret",
};

Deno.test("no secret of a header, a body, a URL or a reply is kept, shown or exported", async () => {
  await using stage = await createStage([
    {
      status: 202,
      headers: {
        location: `https://jobs.example/jobs/1?sig=${SECRETS.sas}&api-version=1`,
        "set-cookie": `id=${SECRETS.cookie}`,
        "x-api-key": SECRETS.apiKey,
      },
      json: {
        adminPassword: SECRETS.reply,
        sasUri: `https://store.example/blob?sv=1&sig=${SECRETS.sas}`,
        link: `https://store.example/p/${SECRETS.par}/n/space/b/bucket`,
        deep: { list: [{ clientSecret: { value: SECRETS.nested } }] },
        text: `Authorization: Bearer ${SECRETS.bearer}`,
        jwt: SECRETS.jwt,
      },
    },
    { status: 503, json: { access_token: SECRETS.reply } },
    {
      status: 200,
      json: { done: { privateKey: SECRETS.nested, url: `https://${SECRETS.user}:x@a.example/` } },
    },
  ]);
  const handle = stage.world.runtime.start(
    jobs.unsent({
      call: {
        method: "POST",
        url: `https://jobs.example/jobs?access_token=${SECRETS.bearer}`,
        headers: { authorization: `Bearer ${SECRETS.bearer}`, "x-own": SECRETS.apiKey },
        body: { properties: { adminPassword: SECRETS.password }, token: SECRETS.bearer },
      },
      headers: { cookie: SECRETS.cookie, "x-mine": SECRETS.apiKey },
    }),
    { id: "a" },
  );
  await outcomeOf(stage.world, handle);
  const shown = [
    (await stage.get("/operations/a/history")).text,
    (await stage.get("/operations/a/stately")).text,
    (await stage.get("/operations/a/export")).text,
    (await stage.get("/export")).text,
    JSON.stringify(stage.inspector.statelyEvents("a")),
    JSON.stringify(await firstEvent(stage)),
  ];
  for (const text of shown) {
    for (const [name, secret] of Object.entries(SECRETS)) assert(!text.includes(secret), name);
  }
  // And what is no secret is there: the test looks at what it means to look at.
  const { entries } = (await stage.get("/operations/a/history")).json<WireHistory>();
  const urls = entries.flatMap(({ message }) => message?.url ?? []);
  assertEquals(urls[0], "https://jobs.example/jobs?access_token=[redacted]");
  assertEquals(urls[1], "https://jobs.example/jobs/1?sig=[redacted]&api-version=1");
  assertEquals(entries.find(({ type }) => type === "repeats")?.message?.status, 503);
});

Deno.test("what a server sends is cut to size before it is kept", async () => {
  let deep: object = { end: true };
  for (let depth = 0; depth < 200; depth++) deep = { deep };
  const wide = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index]),
  );
  await using stage = await createStage([
    { status: 200, json: { deep, wide, long: "x".repeat(1_000_000) } as never },
  ]);
  await outcomeOf(stage.world, stage.world.runtime.start(jobs.unsent(), { id: "a" }));
  const { text } = await stage.get("/operations/a/history");
  assert(text.length < 20_000, `${text.length} characters`);
});

Deno.test("names that every object has are unknown operations", async () => {
  await using stage = await createStage([]);
  for (const id of ["__proto__", "constructor", "%E0%A4%A", "..%2F..%2Fetc"]) {
    assertEquals((await stage.get(`/operations/${id}/history`)).status, 404);
  }
});

Deno.test("a secret that can be guessed is refused, and not repeated in the error", async () => {
  await using runtime = createRuntime();
  const error = await assertRejects(
    () => createInspector(runtime, { secret: "hunter2" }),
    TypeError,
    "at least 32",
  );
  assert(!error.message.includes("hunter2"));
});

async function firstEvent(stage: Awaited<ReturnType<typeof createStage>>): Promise<unknown> {
  await using stream = await stage.stream();
  return await stream.next();
}
