/** Whose clock is off signs with the server's. */
import { assertEquals } from "@std/assert";
import { createRuntime, oci } from "@lro/machines";
import { ociSignature } from "@lro/machines/auth";
import { PLAIN_KEYS } from "../data/oci_keys.ts";

const IAAS = "https://iaas.us-phoenix-1.oraclecloud.com";
const key = { tenancyId: "t", userId: "u", fingerprint: "f", privateKey: PLAIN_KEYS.pkcs8 };
const HOUR_MS = 3_600_000;

interface Server {
  /** Its time. */
  readonly now: () => number;
  /** The refusal's headers. */
  readonly headers?: () => Record<string, string>;
  /** The refusal's message. */
  readonly message?: () => string;
}

/** Answers what is signed with about its own time, and 401 to all else. */
function createServer({ now, headers, message }: Server) {
  const dates: number[] = [];
  const fetch = (_input: unknown, init?: RequestInit): Promise<Response> => {
    const sent = new Headers(init?.headers);
    const date = Date.parse(sent.get("date") ?? sent.get("x-date") ?? "");
    dates.push(date);
    if (Math.abs(date - now()) < 300_000) {
      return Promise.resolve(Response.json({ lifecycleState: "RUNNING" }));
    }
    return Promise.resolve(Response.json(
      { code: "NotAuthenticated", message: message?.() ?? "m" },
      { status: 401, headers: headers?.() ?? {} },
    ));
  };
  return { fetch, dates };
}

const text = (timeMs: number) => new Date(timeMs).toUTCString();

/** Waits for what is there already: nothing but signing takes time. */
async function waitWith(options: Parameters<typeof ociSignature>[0]) {
  await using runtime = createRuntime({ fetch: ociSignature(options) });
  const operation = oci.waitUntil({
    get: { method: "GET", url: `${IAAS}/r` },
    property: "lifecycleState",
    state: "RUNNING",
  });
  return await runtime.start(operation).outcome();
}

const START = Date.UTC(2026, 0, 1);
const now = () => START;
const serverNow = () => START + HOUR_MS;

Deno.test("requests are signed with the wall clock, not with the monotonic one", async () => {
  const { fetch, dates } = createServer({ now: () => Date.now() });
  await ociSignature({ ...key, origins: IAAS, fetch })(IAAS);
  const genuine = globalThis.Date.now;
  globalThis.Date.now = () => genuine() + 8 * HOUR_MS; // as after a night's suspend
  try {
    await ociSignature({ ...key, origins: IAAS, fetch })(IAAS);
  } finally {
    globalThis.Date.now = genuine;
  }
  assertEquals(Math.round((dates[1]! - dates[0]!) / HOUR_MS), 8);
});

Deno.test("after a 401 with a date that is far away, the server's time is used from then on", async () => {
  const { fetch, dates } = createServer({
    now: serverNow,
    headers: () => ({ date: text(serverNow()) }),
  });
  const sign = ociSignature({ ...key, origins: IAAS, fetch, now });
  assertEquals((await sign(IAAS)).status, 401);
  assertEquals(await sign.refresh!(IAAS), true);
  assertEquals((await sign(IAAS)).status, 200);
  await sign(IAAS);
  assertEquals(dates, [START, serverNow(), serverNow(), serverNow()].slice(0, dates.length));
});

Deno.test("an operation goes on although the machine's clock is an hour off", async () => {
  const server = createServer({ now: serverNow, headers: () => ({ date: text(serverNow()) }) });
  const outcome = await waitWith({ ...key, origins: IAAS, fetch: server.fetch, now });
  assertEquals([outcome.kind, outcome.requests], ["succeeded", 2]);
});

Deno.test("a 401 without a date that names the time in its message does as well", async () => {
  const message = () =>
    `Date '${text(START)}' is not within allowed clock skew. Current '${text(serverNow())}', ` +
    `valid datetime range: ['${text(serverNow() - 300_000)}', '${text(serverNow() + 300_000)}']`;
  const server = createServer({ now: serverNow, message });
  const outcome = await waitWith({ ...key, origins: IAAS, fetch: server.fetch, now });
  assertEquals([outcome.kind, outcome.requests], ["succeeded", 2]);
});

Deno.test("a 401 for another reason stays one: neither a date that is right nor none is a reason", async () => {
  const headers: Record<string, string>[] = [
    {},
    { date: text(START) },
    { date: text(START + 59_000) },
    { date: "soon" },
  ];
  for (const some of headers) {
    const { fetch } = createServer({ now: () => 0, headers: () => some });
    const sign = ociSignature({ ...key, origins: IAAS, fetch, now });
    await sign(IAAS);
    assertEquals(await sign.refresh!(IAAS), false);
  }
});

Deno.test("a server whose date is wrong is followed once for each date, not for ever", async () => {
  let day = 0;
  const server = createServer({
    now: () => 0,
    headers: () => ({ date: text(START + ++day * 24 * HOUR_MS) }),
  });
  const outcome = await waitWith({ ...key, origins: IAAS, fetch: server.fetch, now });
  assertEquals([outcome.kind, outcome.requests], ["failed", 3]);
});

Deno.test("a principal's key is not renewed because of the clock", async () => {
  let renewed = 0;
  const server = createServer({ now: serverNow, headers: () => ({ date: text(serverNow()) }) });
  const outcome = await waitWith({
    refresh: () => Promise.resolve({ keyId: `ST$${++renewed}`, privateKey: PLAIN_KEYS.pkcs8 }),
    origins: IAAS,
    fetch: server.fetch,
    now,
  });
  assertEquals([outcome.kind, renewed], ["succeeded", 1]);
});
