import { assertEquals, assertMatch } from "@std/assert";
import type { ScriptedResponse } from "@lro/machines/testing";
import { jobs } from "./_job.ts";
import { createWorld, endOf, errorOf, outcomeOf } from "./_world.ts";

const START = "https://jobs.example/jobs?v=1";
const ANSWER: ScriptedResponse = { status: 200, json: 1 };
const to = (location: string, status = 302): ScriptedResponse => ({
  status,
  headers: { location },
});

/** Asks for {@linkcode START} and tells where that led. */
async function follow(responses: readonly ScriptedResponse[], method = "GET") {
  await using world = createWorld(responses);
  const headers = { authorization: "Bearer of-secrets", "x-key": "k", accept: "application/json" };
  const call = { method, url: START, headers, ...(method !== "GET" && { body: { a: 1 } }) };
  const outcome = await outcomeOf(world, world.runtime.start(jobs.always({ call })));
  world.fetch.assertDone();
  return { outcome, end: endOf(outcome), requests: world.fetch.requests };
}

const targets: [location: string, url: string][] = [
  ["https://jobs.example/other", "https://jobs.example/other"],
  ["/other?a=b", "https://jobs.example/other?a=b"],
  ["other", "https://jobs.example/other"],
  ["//jobs.example/other", "https://jobs.example/other"],
  ["?v=2", "https://jobs.example/jobs?v=2"],
  [' "/other" ', "https://jobs.example/other"],
  ["/ä b", "https://jobs.example/%C3%A4%20b"],
];

for (const [location, url] of targets) {
  Deno.test(`Location ${location} leads to ${url}`, async () => {
    const bytes = encodeURI(location).replaceAll("%22", '"').replaceAll("%20", " ");
    const { end, requests } = await follow([to(bytes), ANSWER]);
    assertEquals([end, requests[1]?.url], ["succeeded", url]);
    assertEquals(requests[1]?.headers, requests[0]?.headers);
  });
}

for (const status of [301, 302, 303, 307, 308]) {
  Deno.test(`a GET follows ${status}`, async () => {
    const { outcome, requests } = await follow([to("/a", status), to("/b", status), ANSWER]);
    assertEquals([endOf(outcome), outcome.requests], ["succeeded", 3]);
    assertEquals(requests.map(({ method }) => method), ["GET", "GET", "GET"]);
  });
}

for (const status of [307, 308]) {
  Deno.test(`a POST follows ${status} within its origin, with its body`, async () => {
    const { end, requests } = await follow([to("/a", status), ANSWER], "POST");
    assertEquals([end, requests[1]?.method, requests[1]?.body], ["succeeded", "POST", { a: 1 }]);
  });

  Deno.test(`a POST does not follow ${status} to another origin`, async () => {
    const { outcome, requests } = await follow([to("https://other.example/a", status)], "POST");
    assertEquals([endOf(outcome), requests.length], ["protocol", 1]);
    assertMatch(errorOf(outcome).message, /would carry a POST to another origin/);
  });
}

for (const status of [301, 302, 303]) {
  Deno.test(`a POST that is answered ${status} is for the protocol to read`, async () => {
    const { outcome, requests } = await follow([to("/a", status)], "POST");
    assertEquals([endOf(outcome), requests.length], ["request-rejected", 1]);
    assertEquals(errorOf(outcome).lastReply?.status, status);
  });
}

for (
  const location of [
    "https://other.example/",
    "https://jobs.example:8443/",
    "https://jobs.example.evil/",
  ]
) {
  Deno.test(`no credential goes along to ${location}`, async () => {
    const { end, requests } = await follow([to(location), ANSWER]);
    assertEquals([end, requests[1]?.url], ["succeeded", location]);
    assertEquals(requests[1]?.headers, { accept: "application/json" });
  });
}

Deno.test("credentials that were left behind do not come back with the way home", async () => {
  const { requests } = await follow([to("https://other.example/"), to(START), ANSWER]);
  assertEquals(requests[2]?.headers, { accept: "application/json" });
});

const refusals: [what: string, location: string, reason: RegExp][] = [
  ["from https to http", "http://jobs.example/a", /leads from https to http/],
  ["to a file", "file:///etc/passwd", /not an http URL/],
  ["to a script", "javascript:alert(1)", /not an http URL/],
  ["to data", "data:application/json,1", /not an http URL/],
  ["to nowhere", " ", /not an http URL/],
  ["to a host that cannot be", "https://[::bad/", /not an http URL/],
];

for (const [what, location, reason] of refusals) {
  Deno.test(`a redirect ${what} is refused`, async () => {
    const { outcome, requests } = await follow([to(location)]);
    assertEquals([endOf(outcome), requests.length], ["protocol", 1]);
    assertMatch(errorOf(outcome).message, reason);
  });
}

Deno.test("a redirect that goes round in circles ends after five", async () => {
  const { outcome, requests } = await follow(Array(6).fill(to(START)));
  assertEquals([endOf(outcome), requests.length], ["protocol", 6]);
  assertMatch(errorOf(outcome).message, /there were 5 before it/);
});

Deno.test("a redirect without Location is for the protocol to read", async () => {
  const { end } = await follow([{ status: 302 }]);
  assertEquals(end, "request-rejected");
});

Deno.test("redirects take nothing from the attempts", async () => {
  await using world = createWorld([to("/a"), { drop: true }, to("/b"), ANSWER], {
    retry: { attempts: 2, baseMs: 10 },
  });
  const call = { method: "GET", url: START };
  assertEquals(
    endOf(await outcomeOf(world, world.runtime.start(jobs.always({ call })))),
    "succeeded",
  );
});

Deno.test("a redirect that a browser hides is refused with the reason", async () => {
  await using world = createWorld([], {
    around: () => () => {
      const response = Response.error();
      return Promise.resolve(Object.defineProperty(response, "type", { value: "opaqueredirect" }));
    },
  });
  const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.always())));
  assertEquals(error.code, "protocol");
  assertMatch(error.message, /this browser hides/);
});

Deno.test("the caller's own headers go to the origin of the operation only", async () => {
  await using world = createWorld([
    { status: 202, headers: { location: "https://other.example/jobs/1" } },
    { status: 200, json: { done: 1 } },
  ]);
  const operation = jobs.unsent({ headers: { "x-tenant": "t" } });
  await outcomeOf(world, world.runtime.start(operation));
  assertEquals(world.fetch.requests.map(({ headers }) => headers["x-tenant"]), ["t", undefined]);
});

Deno.test("a poll without encryption after a start with it is refused", async () => {
  await using world = createWorld([{
    status: 202,
    headers: { location: "http://jobs.example/jobs/1" },
  }]);
  const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.unsent())));
  assertEquals([error.code, world.fetch.requests.length], ["protocol", 1]);
  assertMatch(error.message, /without encryption/);
});
