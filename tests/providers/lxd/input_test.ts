/** What lxd.operation takes. */
import { assertEquals, assertThrows } from "@std/assert";
import { lxd } from "@lro/machines";
import { ID, URL_OF_IT } from "./_play.ts";

const request = { method: "post", url: "/1.0/images" };

Deno.test("a path will do for a URL, and the defaults are filled in", () => {
  assertEquals(lxd.operation({ request }).input, {
    baseUrl: "http://lxd",
    request: { method: "POST", url: "http://lxd/1.0/images" },
    longPollMs: 30_000,
    events: true,
  } as object);
});

Deno.test("a whole URL needs no baseUrl", () => {
  const whole = { ...request, url: "https://a.example:8443/1.0/images" };
  const { baseUrl } = lxd.operation({ request: whole }).input as { baseUrl: string };
  assertEquals(baseUrl, "https://a.example:8443");
});

const names = [ID, ID.toUpperCase(), `/1.0/operations/${ID}`, URL_OF_IT];

for (const operation of names) {
  Deno.test(`"${operation}" names an operation`, () => {
    const input = lxd.operation({ operation }).input as { operation: string };
    assertEquals(input.operation, URL_OF_IT);
  });
}

const wrongs: [claim: string, input: unknown][] = [
  ["nothing", undefined],
  ["neither request nor operation", {}],
  ["both", { request, operation: ID }],
  ["an unknown field", { request, socketPath: "/run/lxd" }],
  ["an operation that is none", { operation: "/1.0/instances/c1" }],
  ["a request without a method", { request: { url: "/1.0" } }],
  ["events that are no boolean", { request, events: "yes" }],
  ["a baseUrl with credentials", { request, baseUrl: "https://u:p@a.example" }],
  ["a time that is a text", { request, longPollMs: "30s" }],
];

for (const [claim, input] of wrongs) {
  Deno.test(`${claim} is a mistake of type`, () => {
    assertThrows(() => lxd.operation(input as never), TypeError, "Cannot make lxd.operation");
  });
}

for (const longPollMs of [0, 999, 3_600_001]) {
  Deno.test(`a long poll of ${longPollMs} ms is out of range`, () => {
    assertThrows(() => lxd.operation({ request, longPollMs }), RangeError, "longPollMs");
  });
}
