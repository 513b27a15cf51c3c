/** Polling URLs behind gateways, without a version, signed, or with braces. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { azure } from "@lro/machines";
import { accepted, ARM, errorOf, ok, play, resource, RUNNING, SUCCEEDED } from "./_play.ts";

const GATEWAY = "https://gateway.example.com";
const SERVICE = "https://demo.cognitiveservices.azure.com";
const request = { method: "POST", url: `${GATEWAY}/docs/models/m:analyze?api-version=2024-11-30` };
const monitor = `${SERVICE}/docs/results/1?api-version=2024-11-30`;

Deno.test("pollAtRequestOrigin asks the gateway what a reply names at the service", async () => {
  const { asked, end } = await play({ request, pollAtRequestOrigin: true }, [
    accepted({ "operation-location": monitor, location: `${SERVICE}/docs/made/1?x=%20y` }),
    { ...RUNNING, headers: { "operation-location": `${SERVICE}/docs/results/2` } },
    SUCCEEDED,
    ok(7),
  ]);
  assertEquals(end, 7);
  assertEquals(asked.slice(1), [
    `GET ${GATEWAY}/docs/results/1?api-version=2024-11-30`,
    `GET ${GATEWAY}/docs/results/2?api-version=2024-11-30`,
    `GET ${GATEWAY}/docs/made/1?x=%20y&api-version=2024-11-30`,
  ]);
});

Deno.test("pollAtRequestOrigin asks over https what a proxy's server names over http", async () => {
  const references = [
    `http://gateway.example.com/o/1`,
    "http://10.0.0.7:8080/o/1",
    "https://user:pass@gateway.example.com/o/1#top",
    "//elsewhere.example/o/1",
  ];
  for (const location of references) {
    const options = { request, pollAtRequestOrigin: true, repeatQuery: [] };
    const { asked } = await play(options, [accepted({ location }), ok(7)]);
    assertEquals(asked[1], `GET ${GATEWAY}/o/1`);
  }
});

Deno.test("pollAtRequestOrigin counts for the result, a 202 of it and a resourceLocation too", async () => {
  const { asked } = await play({ request, pollAtRequestOrigin: true, repeatQuery: [] }, [
    accepted({ "operation-location": monitor }),
    ok({ status: "Succeeded", resourceLocation: `${SERVICE}/made/1` }),
    { status: 202, headers: { location: `${SERVICE}/made/2` } },
    ok(7),
  ]);
  assertEquals(asked.slice(2), [`GET ${GATEWAY}/made/1`, `GET ${GATEWAY}/made/2`]);
});

Deno.test("without pollAtRequestOrigin another origin is refused, and the error names the option", async () => {
  for (const location of [monitor, "http://gateway.example.com/o/1"]) {
    for (const options of [{ request }, { request, pollAtRequestOrigin: false }]) {
      const { code, message } = errorOf(await play(options, [accepted({ location })]));
      assertEquals(code, "protocol");
      assertStringIncludes(message, "pollAtRequestOrigin");
    }
  }
});

Deno.test("pollAtRequestOrigin contradicts allowedOrigins, and is true or false", () => {
  const allowedOrigins = [SERVICE];
  const both = { request, pollAtRequestOrigin: true, allowedOrigins };
  const { message } = assertThrows(() => azure.operation(both), TypeError);
  assertStringIncludes(message, "pollAtRequestOrigin");
  assertStringIncludes(message, "allowedOrigins");
  azure.operation({ ...both, pollAtRequestOrigin: false });
  assertThrows(
    () => azure.operation({ request, pollAtRequestOrigin: "yes" as unknown as boolean }),
    TypeError,
    "pollAtRequestOrigin must be true or false",
  );
});

Deno.test("resultType is json or text", () => {
  assertThrows(
    () => azure.operation({ request, resultType: "html" as "text" }),
    TypeError,
    'resultType must be json, text, got "html"',
  );
});

/** What is polled when the reply to a request names a URL. */
async function polled(url: string, reference: string): Promise<string> {
  const { asked } = await play({ request: { method: "PUT", url } }, [
    accepted({ location: reference }),
    ok(resource("Succeeded")),
  ]);
  return asked[1]!.slice("GET ".length);
}

Deno.test("a polling URL without a version gets that of the request", async () => {
  const url = `${ARM}/a/b?api-version=2018-11-30`;
  const cases = [
    ["/a/c", "/a/c?api-version=2018-11-30"],
    ["/a/c?asyncinfo", "/a/c?asyncinfo&api-version=2018-11-30"],
    [`${ARM}/a/c?t=1`, "/a/c?t=1&api-version=2018-11-30"],
    ["/a/c?api-version=2015-01-01", "/a/c?api-version=2015-01-01"],
    ["/a/c?API-VERSION=2015-01-01", "/a/c?API-VERSION=2015-01-01"],
    ["/a/c?Api-Version=", "/a/c?Api-Version="],
  ];
  for (const [reference, expected] of cases) assertEquals(await polled(url, reference!), expected);
  assertEquals(await polled(`${ARM}/a/b?Api-Version=1`, "/a/c"), "/a/c?api-version=1");
});

Deno.test("a polling URL gets no version where the request has none, or where it is signed", async () => {
  assertEquals(await polled(`${ARM}/a/b`, "/a/c"), "/a/c");
  assertEquals(await polled(`${ARM}/a/b?x=1`, "/a/c"), "/a/c");
  const url = `${ARM}/a/b?api-version=1`;
  for (
    const signed of ["/blob?sv=2024&sig=a%2Bb%3D", "/blob?X-Amz-Signature=ab", "/x?Signature=a"]
  ) {
    assertEquals(await polled(url, signed), signed);
  }
});

Deno.test("braces in a URL are a part of it where nobody gives pathFormatArguments", async () => {
  assertEquals(await polled(`${ARM}/a/b`, "/a/{c}?d={e}"), "/a/%7Bc%7D?d=%7Be%7D");
});
