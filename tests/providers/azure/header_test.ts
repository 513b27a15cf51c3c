import { assertEquals } from "@std/assert";
import { accepted, ARM, monitored, ok, play, RESOURCE, RUNNING, SUCCEEDED } from "./_play.ts";

const ID = "9C4D50EE-2D56-4CD3-8152-34347DC9F2B0";

Deno.test("the caller's headers are repeated in every poll and in the final GET", async () => {
  const headers = { "x-ms-client-request-id": ID, "X-Custom": "1", authorization: "Bearer t" };
  const request = { method: "PUT", url: RESOURCE, headers, body: { location: "westeurope" } };
  const { requests } = await play({ request }, [monitored(), RUNNING, SUCCEEDED, ok({})]);
  assertEquals(requests.length, 4);
  for (const { headers } of requests) {
    assertEquals(headers["x-ms-client-request-id"], ID);
    assertEquals(headers["x-custom"], "1");
    assertEquals(headers["authorization"], "Bearer t");
  }
});

Deno.test("headers of the body and of conditions are not repeated, and polls have no body", async () => {
  const headers = {
    "content-type": "application/json",
    "content-language": "de",
    "if-match": "*",
    "If-None-Match": "*",
    prefer: "respond-async",
    expect: "100-continue",
  };
  const request = { method: "PUT", url: RESOURCE, headers, body: {} };
  const { requests } = await play({ request }, [monitored(), SUCCEEDED, ok({})]);
  assertEquals(requests[0]?.headers["if-match"], "*");
  for (const { method, headers, body } of requests.slice(1)) {
    assertEquals([method, body], ["GET", undefined]);
    assertEquals(
      Object.keys(headers).filter((name) => /^(content|if|prefer|expect)/.test(name)),
      [],
    );
  }
});

Deno.test("headers of the operation are added to every call to its own origin, to no other", async () => {
  const other = "https://other.example";
  const { requests } = await play({
    method: "POST",
    headers: { authorization: "Bearer t", "x-custom": "1" },
    allowedOrigins: [other],
  }, [
    accepted({ location: `${other}/l` }),
    accepted({ location: `${ARM}/l` }),
    accepted({ location: `${other}/l` }),
    ok(1),
  ]);
  assertEquals(
    requests.map(({ headers }) => [headers["authorization"], headers["x-custom"]]),
    [["Bearer t", "1"], [undefined, undefined], ["Bearer t", "1"], [undefined, undefined]],
  );
});

Deno.test("an allowed origin gets those headers of the request that authorise nothing", async () => {
  const other = "https://other.example";
  const headers = {
    "x-ms-client-request-id": ID,
    accept: "application/json",
    authorization: "Bearer t",
    "Ocp-Apim-Subscription-Key": "k",
    "api-key": "k",
    "x-whatever": "secret?",
    cookie: "c=1",
  };
  const request = { method: "POST", url: RESOURCE, headers };
  const { requests } = await play({ request, allowedOrigins: [other] }, [
    accepted({ location: `${other}/l` }),
    ok(1),
  ]);
  assertEquals(requests[1]?.headers, {
    accept: "application/json",
    "x-ms-client-request-id": ID,
  });
});
