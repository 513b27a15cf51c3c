import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { azure } from "@lro/machines";
import type { AzureOptions } from "@lro/machines/azure";
import { RESOURCE } from "./_play.ts";

const request = { method: "PUT", url: RESOURCE };
const initialReply = { status: 202, headers: {} };

Deno.test("azure.operation() is plain data with its defaults filled in", () => {
  const operation = azure.operation({ request: { method: "put", url: RESOURCE } });
  assertEquals(operation, {
    provider: "azure",
    kind: "azure.operation",
    input: {
      request,
      algorithms: [
        "operation-location",
        "azure-async-operation",
        "location",
        "body",
        "status",
      ],
      pollIntervalMs: 30_000,
      notFoundGraceMs: 10_000,
      repeatQuery: ["api-version"],
    },
  });
});

Deno.test("azure.operation() keeps what it is given, names of headers in lower case", () => {
  const options: AzureOptions = {
    request,
    initialReply: { status: 202, headers: { "Azure-AsyncOperation": "/o" }, body: [1] },
    finalStateVia: "location",
    algorithms: ["location"],
    pathFormatArguments: { a: "b" },
    pollIntervalMs: 1,
    notFoundGraceMs: 0,
    repeatQuery: ["api-version"],
    allowedOrigins: ["https://other.example/with/path"],
    headers: { "X-A": "b" },
  };
  assertEquals(azure.operation(options).input, {
    ...options,
    initialReply: { status: 202, headers: { "azure-asyncoperation": "/o" }, body: [1] },
    allowedOrigins: ["https://other.example"],
  });
});

const misuses: [unknown, typeof TypeError | typeof RangeError, string][] = [
  [undefined, TypeError, "input must be an object"],
  [[], TypeError, "input must be an object"],
  [{}, TypeError, "request must be an object"],
  [{ request, url: "x" }, TypeError, "unknown field input.url"],
  [{ request: { url: RESOURCE } }, TypeError, "request.method must be an HTTP method"],
  [
    { request: { method: "PUT", url: "/r" } },
    TypeError,
    "request.url must be an absolute http URL",
  ],
  [{ request: { method: "PUT", url: "ftp://a/r" } }, TypeError, "request.url"],
  [
    { request: { method: "PUT", url: "https://u:secret@a/r" } },
    TypeError,
    "must not hold credentials",
  ],
  [{ request: { ...request, query: {} } }, TypeError, "unknown field request.query"],
  [{ request, headers: { "a b": "c" } }, TypeError, "headers"],
  [{ request, headers: { a: "b\r\nc: d" } }, TypeError, "headers.a must be a text in one line"],
  [{ request, headers: { a: "😀" } }, TypeError, "of characters up to U+00FF"],
  [{ request, headers: new Headers({ a: "b" }) }, TypeError, "Object.fromEntries(headers)"],
  [{ request, initialReply: {} }, TypeError, "initialReply.status must be an HTTP status"],
  [{ request, initialReply: { status: "200" } }, TypeError, "initialReply.status"],
  [{ request, initialReply: { status: 20 } }, TypeError, "initialReply.status"],
  [
    { request, initialReply: { ...initialReply, headers: new Headers() } },
    TypeError,
    "initialReply.headers must be plain data",
  ],
  [
    { request, initialReply: { ...initialReply, text: "" } },
    TypeError,
    "unknown field initialReply.text",
  ],
  [{ request, initialReply: new Response() }, TypeError, "initialReply"],
  [
    { request, finalStateVia: "Location" },
    TypeError,
    'finalStateVia must be azure-async-operation, operation-location, location, original-uri, got "Location"',
  ],
  [{ request, algorithms: "location" }, TypeError, "algorithms must be a list"],
  [{ request, algorithms: ["header"] }, TypeError, "algorithms must be operation-location"],
  [{ request, algorithms: [] }, RangeError, "algorithms must name at least one"],
  [{ request, pathFormatArguments: { a: 1 } }, TypeError, "pathFormatArguments.a must be a text"],
  [{ request, pollIntervalMs: "2s" }, TypeError, "pollIntervalMs must be milliseconds"],
  [{ request, pollIntervalMs: 0 }, RangeError, "pollIntervalMs must be more than 0"],
  [{ request, pollIntervalMs: -1 }, RangeError, "pollIntervalMs"],
  [{ request, pollIntervalMs: NaN }, RangeError, "pollIntervalMs"],
  [{ request, pollIntervalMs: Infinity }, RangeError, "pollIntervalMs"],
  [{ request, notFoundGraceMs: -1 }, RangeError, "notFoundGraceMs"],
  [{ request, repeatQuery: "api-version" }, TypeError, "repeatQuery must be a list"],
  [{ request, repeatQuery: [""] }, TypeError, "repeatQuery must be a text"],
  [
    { request, allowedOrigins: ["other.example"] },
    TypeError,
    "allowedOrigins must be an absolute http URL",
  ],
  [{ request, allowedOrigins: ["*"] }, TypeError, "allowedOrigins"],
];
for (const [input, type, text] of misuses) {
  const shown = JSON.stringify(input) ?? "undefined";
  Deno.test(`azure.operation(${shown.slice(0, 90)}) is refused: ${text}`, () => {
    const error = assertThrows(() => azure.operation(input as AzureOptions), type, text);
    assertStringIncludes(error.message, "Cannot make azure.operation");
    assertEquals(error.message.includes("secret"), false);
  });
}
