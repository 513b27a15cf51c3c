/** What an attacker can try from another site, another program, or the network. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createInspector } from "@lro/machines/inspector";
import { createRuntime } from "@lro/machines";
import { jobs } from "../runtime/_job.ts";
import { ACCEPTED, PENDING } from "../runtime/_world.ts";
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
