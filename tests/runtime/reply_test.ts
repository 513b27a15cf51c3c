import { assertEquals } from "@std/assert";
import type { Reply } from "../../src/model/message.ts";
import { HeaderReader } from "../../src/runtime/http/header_reader.ts";
import { joinReply, readText, statusOf } from "../../src/runtime/http/reply.ts";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, endOf, errorOf, outcomeOf } from "./_world.ts";

async function readReply(
  response: Response,
  maxReplyBytes: number,
  clock: { now(): number },
): Promise<{ reply: Reply; malformed?: string; tooLarge?: string }> {
  const headers = new HeaderReader().read(response);
  const text = await readText(response, headers, maxReplyBytes);
  const joined = joinReply(statusOf(response), headers, text, { maxReplyBytes, clock });
  if (!("kind" in joined)) return { reply: joined };
  return { reply: joined.reply!, [joined.kind]: joined.message };
}

const STOPPED = { now: () => 0 };
const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
const HTML = "<html><body>502 Bad Gateway</body></html>";

/** `undefined` for a body that cannot be read. */
const bodies: [what: string, text: string, headers: Record<string, string>, body: unknown][] = [
  ["JSON that says so", '{"a":1}', JSON_TYPE, { a: 1 }],
  ["JSON of a vendor's type", '{"a":1}', { "content-type": "application/problem+json" }, { a: 1 }],
  ["JSON without a type", ' {"a":1}', {}, { a: 1 }],
  ["JSON that calls itself text", '{"a":1}', { "content-type": "text/plain" }, { a: 1 }],
  ["JSON after a byte order mark", '\uFEFF{"a":1}', JSON_TYPE, { a: 1 }],
  ["a bare JSON value", '"done"', JSON_TYPE, "done"],
  ["JSON null", "null", JSON_TYPE, null],
  ["digits without a type", "42", {}, "42"],
  ["nothing", "", JSON_TYPE, undefined],
  ["blanks", " \n", JSON_TYPE, undefined],
  ["HTML", HTML, { "content-type": "text/html" }, HTML],
  ["HTML without a type", HTML, {}, HTML],
  ["text in brackets that calls itself text", "[busy", { "content-type": "text/plain" }, "[busy"],
  ["umlauts", '{"a":"ä€😀"}', JSON_TYPE, { a: "ä€😀" }],
  [
    "a key that means much to JavaScript",
    '{"__proto__":{"a":1}}',
    JSON_TYPE,
    JSON.parse('{"__proto__":{"a":1}}'),
  ],
];

/** A response whose body comes in pieces and without a length. */
function chunked(text: string, headers: HeadersInit = {}, size = 3): Response {
  const bytes = new TextEncoder().encode(text);
  let offset = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (offset >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(offset, offset += size));
    },
  });
  return new Response(body, { headers });
}

for (const [what, text, headers, body] of bodies) {
  Deno.test(`a body of ${what} is read, in one piece or in many`, async () => {
    const { length } = new TextEncoder().encode(text);
    const whole = new Response(text, { headers: { ...headers, "content-length": String(length) } });
    if (!("content-type" in headers)) whole.headers.delete("content-type");
    for (const response of [whole, chunked(text, headers)]) {
      const { reply, malformed, tooLarge } = await readReply(response, 1_000, STOPPED);
      assertEquals([reply.body, malformed, tooLarge], [body, undefined, undefined]);
    }
  });
}

Deno.test("names of headers are lower case, and values of one name are joined", async () => {
  const headers = new Headers([["X-One", "1"], ["x-TWO", "a"], ["x-two", "b"]]);
  const { reply } = await readReply(new Response(null, { status: 204, headers }), 10, STOPPED);
  assertEquals(reply, { status: 204, headers: { "x-one": "1", "x-two": "a, b" }, body: undefined });
});

for (const text of ['{"done":', "[1,2", "<html>", '{"a":1} trailing', "undefined"]) {
  Deno.test(`a poll answered with ${text} that says it is JSON ends as protocol error`, async () => {
    await using world = createWorld([ACCEPTED, { status: 200, text, headers: JSON_TYPE }]);
    const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.unsent())));
    assertEquals([error.code, error.lastReply?.body], ["protocol", text]);
  });
}

Deno.test("JSON without a type that is cut short ends as protocol error", async () => {
  const { reply, malformed } = await readReply(chunked('{"done":', {}), 1_000, STOPPED);
  assertEquals([reply.body, typeof malformed], ['{"done":', "string"]);
});

Deno.test("a refusal is read although its body is not the JSON that it says it is", async () => {
  await using world = createWorld([{ status: 400, text: "{oops", headers: JSON_TYPE }]);
  const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.unsent())));
  assertEquals([error.code, error.lastReply?.body], ["request-rejected", "{oops"]);
});

const LIMIT = 1_000;
const sizes: [what: string, response: (size: number) => Response][] = [
  [
    "whose length is told",
    (size) => new Response("x".repeat(size), { headers: { "content-length": String(size) } }),
  ],
  ["whose length is not told", (size) => chunked("x".repeat(size), {}, 100)],
  [
    "whose length is told of its compressed form",
    (size) =>
      chunked("x".repeat(size), { "content-length": "20", "content-encoding": "gzip" }, 100),
  ],
  [
    "that is chunked and lies of its length",
    (size) =>
      chunked("x".repeat(size), { "content-length": "20", "transfer-encoding": "chunked" }, 100),
  ],
];

for (const [what, response] of sizes) {
  Deno.test(`a body ${what} may have as many bytes as the limit says, and not one more`, async () => {
    const fits = await readReply(response(LIMIT), LIMIT, STOPPED);
    assertEquals([fits.reply.body, fits.tooLarge], ["x".repeat(LIMIT), undefined]);
    const over = await readReply(response(LIMIT + 1), LIMIT, STOPPED);
    assertEquals([over.reply.body, over.tooLarge], [
      undefined,
      "the reply has more than 1000 bytes",
    ]);
  });
}

Deno.test("bytes count, not characters", async () => {
  assertEquals((await readReply(chunked("€".repeat(4)), 12, STOPPED)).tooLarge, undefined);
  assertEquals(
    (await readReply(chunked("€".repeat(4)), 11, STOPPED)).tooLarge,
    "the reply has more than 11 bytes",
  );
});

Deno.test("a body that is too large is let go of, not read to its end", async () => {
  let isCanceled = false;
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(100)),
    cancel: () => void (isCanceled = true),
  });
  await readReply(new Response(body), 1_000, STOPPED);
  assertEquals(isCanceled, true);
});

Deno.test("a poll whose answer is too large ends as protocol error", async () => {
  await using world = createWorld([ACCEPTED, { status: 200, text: `{"a":"${"x".repeat(200)}"}` }], {
    maxReplyBytes: 100,
  });
  const outcome = await outcomeOf(world, world.runtime.start(jobs.unsent()));
  assertEquals([endOf(outcome), world.fetch.requests.length], ["protocol", 2]);
});
