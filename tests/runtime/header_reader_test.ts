/** Headers as plain data, and one record for all that say the same. */
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { HeaderReader } from "../../src/runtime/http/header_reader.ts";

function respond(headers: HeadersInit): Response {
  return new Response(null, { headers });
}

Deno.test("names are in lower case, and values come together", () => {
  const headers = new Headers({ "Retry-After": "7", "X-Part": "a" });
  headers.append("x-part", "b");
  assertEquals(new HeaderReader().read(respond(headers)), { "retry-after": "7", "x-part": "a, b" });
});

Deno.test("headers that say the same share one record, until others come", () => {
  const reader = new HeaderReader();
  const first = reader.read(respond({ date: "Mon", etag: "1" }));
  assertStrictEquals(reader.read(respond({ etag: "1", date: "Mon" })), first);
  const fewer = reader.read(respond({ date: "Mon" }));
  assertEquals(first, { date: "Mon", etag: "1" });
  assertEquals(fewer, { date: "Mon" });
});

for (const headers of [{}, { etag: "1" }]) {
  const count = Object.keys(headers).length;
  Deno.test(`nobody can change a record of ${count} headers that others read`, () => {
    const record = new HeaderReader().read(respond(headers)) as Record<string, string>;
    assertThrows(() => record["etag"] = "2", TypeError);
  });
}

Deno.test("headers that are read while others are read do not come between them", () => {
  const reader = new HeaderReader();
  const inner = respond({ a: "inner", b: "inner" });
  const outer = {
    headers: {
      forEach(visit: (value: string, name: string) => void, self: unknown) {
        visit.call(self, "outer", "a");
        assertEquals(reader.read(inner), { a: "inner", b: "inner" });
        visit.call(self, "outer", "c");
      },
    },
  };
  assertEquals(reader.read(outer as unknown as Response), { a: "outer", c: "outer" });
});

Deno.test("headers that cannot be read leave nothing behind", () => {
  const reader = new HeaderReader();
  reader.read(respond({ date: "Mon", etag: "1" }));
  const broken = {
    headers: {
      forEach(this: void, visit: (value: string, name: string) => void, self: unknown) {
        visit.call(self, "Tue", "date");
        throw new TypeError("cut off");
      },
    },
  };
  assertThrows(() => reader.read(broken as unknown as Response), TypeError, "cut off");
  assertEquals(reader.read(respond({ date: "Tue", etag: "1" })), { date: "Tue", etag: "1" });
  assertEquals(reader.read(respond({ date: "Mon", etag: "1" })), { date: "Mon", etag: "1" });
});

Deno.test("a reader that has read says what a new one says", () => {
  const name = fc.constantFrom("a", "b", "c", "set-cookie", "1");
  const headers = fc.array(fc.tuple(name, fc.constantFrom("x", "y")), { maxLength: 5 });
  fc.assert(fc.property(fc.array(headers), (responses) => {
    const reader = new HeaderReader();
    for (const pairs of responses) {
      assertEquals(reader.read(respond(pairs)), Object.fromEntries(new Headers(pairs)));
    }
  }));
});
