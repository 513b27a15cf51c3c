/** Which origins may answer, and where a token may lead. */
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { azure, elasticio, openToken, type ResumeToken, sealToken } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, errorOf, outcomeOf } from "./_world.ts";

const HOME = "https://management.azure.com";
const SIGN_IN = "https://login.example/authorize";
const ACCEPTED_AT: ScriptedResponse = { status: 202, headers: { location: `${HOME}/l/1` } };
const to = (location: string): ScriptedResponse => ({ status: 302, headers: { location } });

Deno.test("a redirect of a poll to an origin on which polling is refused is not followed", async () => {
  await using world = createWorld([ACCEPTED_AT, to(SIGN_IN)]);
  const request = { method: "POST", url: `${HOME}/start` };
  const outcome = await outcomeOf(world, world.runtime.start(azure.operation({ request })));
  const error = errorOf(outcome);
  assertEquals([error.code, world.fetch.requests.length], ["protocol", 2]);
  assertMatch(error.message, /leads to https:\/\/login\.example, whose answers are not taken/);
  assert(error.token);
});

Deno.test("a redirect of a poll to an origin on which polling is allowed is followed", async () => {
  const done: ScriptedResponse = { status: 200, json: { a: 1 } };
  await using world = createWorld([ACCEPTED_AT, to(SIGN_IN), done]);
  const operation = azure.operation({
    request: { method: "POST", url: `${HOME}/start` },
    allowedOrigins: ["https://login.example"],
  });
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(operation))), "succeeded");
});

Deno.test("a page of another origin is no answer for a provider that has one origin", async () => {
  await using world = createWorld([to(SIGN_IN)]);
  const operation = elasticio.execution({
    execution: { execution_type: "verify_credentials", component: "c", account_data: {} },
  });
  const outcome = await outcomeOf(world, world.runtime.start(operation));
  assertEquals([endOf(outcome) === "succeeded", world.fetch.requests.length], [false, 1]);
});

/** A token that polls, and one that leads elsewhere. */
async function pollingToken(): Promise<ResumeToken> {
  await using world = createWorld([ACCEPTED]);
  const handle = world.runtime.start(jobs.unsent());
  await world.clock.advance(100);
  return handle.token();
}

Deno.test("with allowedOrigins a token leads nowhere else, and headers neither", async () => {
  const token = await pollingToken();
  const options = { allowedOrigins: ["https://jobs.example"], headers: { "x-key": "k" } };
  await using good = createWorld([DONE]);
  assertEquals(endOf(await outcomeOf(good, good.runtime.restore(token, options))), "succeeded");
  assertEquals(good.fetch.requests[0]?.headers["x-key"], "k");

  await using bad = createWorld([]);
  const elsewhere = { ...token, memory: { pollUrl: "https://evil.example/" } };
  const error = errorOf(await outcomeOf(bad, bad.runtime.restore(elsewhere, options)));
  assertMatch(error.message, /https:\/\/evil\.example is not among allowedOrigins/);
  const home = { ...token, input: { call: { method: "GET", url: "https://evil.example/" } } };
  assertThrows(
    () => bad.runtime.restore(home, options),
    TypeError,
    "leads to https://evil.example",
  );
  assertEquals([bad.fetch.requests.length, [...bad.runtime.list()]], [0, []]);

  await using redirected = createWorld([to(SIGN_IN)]);
  const outcome = await outcomeOf(redirected, redirected.runtime.restore(token, options));
  assertEquals([endOf(outcome), redirected.fetch.requests.length], ["protocol", 1]);
});

Deno.test("allowedOrigins are whole origins", async () => {
  const token = await pollingToken();
  await using world = createWorld([]);
  for (
    const origin of ["https://*", "https://*.a.example", "a.example", "ftp://a", "https://a/b"]
  ) {
    assertThrows(() => world.runtime.restore(token, { allowedOrigins: [origin] }), TypeError);
  }
  assertThrows(() => world.runtime.restore(token, { allowedOrigins: [] }), TypeError);
});

Deno.test("headers that cannot be sent are refused at restore", async () => {
  const token = await pollingToken();
  await using world = createWorld([]);
  for (const headers of [{ "a b": "c" }, { a: "b\nc" }, { a: "\u{1f600}" }]) {
    assertThrows(() => world.runtime.restore(token, { headers }), TypeError);
  }
});

Deno.test("a token whose input lacks what its kind needs is refused in plain words", async () => {
  await using world = createWorld([]);
  const started = world.runtime.start(
    azure.operation({ request: { method: "PUT", url: `${HOME}/a` } }),
    { signal: AbortSignal.abort() },
  );
  const token = { ...started.token(), input: {}, value: { polling: "waiting" }, id: "other" };
  assertThrows(() => world.runtime.restore(token), TypeError, "Cannot restore azure.operation");
});

Deno.test("a sealed token opens with its key only, and only unchanged", async () => {
  const token = await pollingToken();
  const key = "0123456789abcdef";
  const sealed = await sealToken(token, key);
  assertMatch(sealed, /^[\w-]+\.[\w-]{43}$/);
  assertEquals(await openToken(` ${sealed}\n`, new TextEncoder().encode(key)), token);
  const [body, mac] = sealed.split(".") as [string, string];
  const broken = [
    body,
    `${body}.`,
    `${body.slice(0, -1)}.${mac}`,
    `${body}.${mac.slice(0, -2)}AA`,
    `${sealed}.${mac}`,
    "",
  ];
  for (const text of broken) {
    await assertRejects(() => openToken(text, key), TypeError, "seal does not fit");
  }
  await assertRejects(() => openToken(sealed, `${key}!`), TypeError, "seal does not fit");
  for (const weak of ["", "short", new Uint8Array(15)]) {
    await assertRejects(() => sealToken(token, weak), TypeError, "16 bytes or more");
  }
});
