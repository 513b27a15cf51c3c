/** What other origins receive, looked at from their side. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { azure, createRuntime, type Outcome } from "@lro/machines";
import type { AzureOptions } from "@lro/machines/azure";
import { bearer } from "@lro/machines/auth";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
  serveLoopback,
} from "@lro/machines/testing";
import { ARM, RESOURCE } from "./_play.ts";

const SECRET = "s3cr3t";

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
}

/** A server on an origin of its own that answers by path, and what it received. */
async function serve(answers: (path: string) => Response) {
  const received: Received[] = [];
  const server = await serveLoopback(({ method, url, headers }) => {
    const path = new URL(url).pathname;
    received.push({ method, path, headers: new Headers(headers) });
    return answers(path);
  });
  return { url: server.url, received, close: () => server.close() };
}

const to = (status: number, headers: Readonly<Record<string, string>>) =>
  new Response(null, { status, headers });
const done = () => Response.json({ status: "Succeeded" });

/**
 * Starts an operation at home, with credentials in every way they can be given.
 *
 * @param answer The answers of the home server, which may name the other.
 */
async function run(
  answer: (path: string, other: string) => Response,
  options: (other: string) => Partial<AzureOptions> = () => ({}),
): Promise<
  { outcome: Outcome; atHome: Received[]; elsewhere: Received[]; other: string; home: string }
> {
  const other = await serve(done);
  const home = await serve((path) => answer(path, other.url));
  const credentials = { authorization: `Bearer ${SECRET}`, "api-key": SECRET, cookie: SECRET };
  const operation = azure.operation({
    request: { method: "POST", url: `${home.url}/start`, headers: credentials },
    headers: { "x-ms-authorization-auxiliary": SECRET },
    pollIntervalMs: 1,
    ...options(other.url),
  });
  const runtime = createRuntime({ fetch: bearer(SECRET, { origins: home.url }) });
  const outcome = await runtime.start(operation, { deadlineMs: 10_000 }).outcome();
  await runtime.dispose();
  await Promise.all([home.close(), other.close()]);
  return {
    outcome,
    atHome: home.received,
    elsewhere: other.received,
    home: home.url,
    other: other.url,
  };
}

function assertNoSecret(received: readonly Received[]): void {
  for (const { headers } of received) {
    assertEquals([...headers].filter(([, value]) => value.includes(SECRET)), []);
    assertEquals(headers.has("authorization"), false);
  }
}

for (const header of ["operation-location", "azure-asyncoperation", "location"]) {
  Deno.test(`another origin in ${header} is not asked at all`, async () => {
    const { outcome, elsewhere, home, other } = await run((_, other) =>
      to(202, { [header]: `${other}/o/1` })
    );
    assertEquals(elsewhere, []);
    if (outcome.kind === "succeeded") throw new Error("It succeeded");
    assertEquals(outcome.error.code, "protocol");
    assertStringIncludes(outcome.error.message, home);
    assertStringIncludes(outcome.error.message, other);
  });
}

Deno.test("an allowed origin is asked, without any credential", async () => {
  const { outcome, atHome, elsewhere } = await run(
    (_, other) => to(202, { "operation-location": `${other}/o/1` }),
    (other) => ({ allowedOrigins: [other] }),
  );
  assertEquals(outcome.kind, "succeeded");
  assertEquals(elsewhere.map(({ method, path }) => `${method} ${path}`), ["GET /o/1"]);
  assertNoSecret(elsewhere);
  assertEquals(atHome[0]?.headers.get("authorization"), `Bearer ${SECRET}`);
  assertEquals(atHome[0]?.headers.get("x-ms-authorization-auxiliary"), SECRET);
});

Deno.test("a poll that is redirected to an origin that is not allowed does not go there", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const { outcome, elsewhere } = await run((path, other) =>
      path === "/start"
        ? to(202, { "operation-location": "/o/1" })
        : to(status, { location: `${other}/o/1` })
    );
    assertEquals([outcome.kind, elsewhere], ["failed", []]);
  }
});

Deno.test("a poll that is redirected to an allowed origin carries no credential there", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const { outcome, atHome, elsewhere } = await run(
      (path, other) =>
        path === "/start"
          ? to(202, { "operation-location": "/o/1" })
          : to(status, { location: `${other}/o/1` }),
      (other) => ({ allowedOrigins: [other] }),
    );
    assertEquals(outcome.kind, "succeeded");
    assertEquals(atHome.map(({ path }) => path), ["/start", "/o/1"]);
    assertEquals(elsewhere.map(({ method, path }) => `${method} ${path}`), ["GET /o/1"]);
    assertNoSecret(elsewhere);
  }
});

Deno.test("a start that is redirected to another origin is not sent there", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const { outcome, elsewhere } = await run((_, other) =>
      to(status, { location: `${other}/start` })
    );
    assertEquals([outcome.kind, elsewhere], ["failed", []]);
  }
});

Deno.test("nothing is asked over http after https: not by header, not by redirect", async () => {
  const plain = "http://management.azure.com/o/1";
  const lives: ScriptedResponse[][] = [
    [{ status: 202, headers: { "operation-location": plain } }],
    [{ status: 202, headers: { location: plain } }],
    [
      { status: 202, headers: { location: "/o/1" } },
      { status: 302, headers: { location: plain } },
    ],
    [{ status: 307, headers: { location: plain } }],
  ];
  for (const replies of lives) {
    const clock = createVirtualClock();
    const script = createScriptedFetch(replies.map((response) => ({ response })), { clock });
    await using runtime = createRuntime({
      clock,
      fetch: bearer(SECRET, { origins: ARM, fetch: script }),
    });
    const operation = azure.operation({
      request: { method: "POST", url: RESOURCE },
      allowedOrigins: ["http://management.azure.com"],
    });
    const outcome = await clock.runUntil(runtime.start(operation).outcome());
    assertEquals(outcome.kind !== "succeeded" && outcome.error.code, "protocol");
    assertEquals(script.requests.filter(({ url }) => url.startsWith("http:")), []);
    script.assertDone();
  }
});
