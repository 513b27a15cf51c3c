import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { azure, createRuntime } from "@lro/machines";
import { apiKey } from "@lro/machines/auth";
import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";

const AI = "https://my-documents.cognitiveservices.azure.com";

/** What each request carried. */
function recorder() {
  const seen: [string, Record<string, string>][] = [];
  const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    seen.push([request.url, Object.fromEntries(request.headers)]);
    return Promise.resolve(new Response("{}"));
  };
  return { fetch, seen };
}

Deno.test("apiKey() sends its key in its header, to its own origins and no other", async () => {
  const { fetch, seen } = recorder();
  const authorized = apiKey("api-key", "k 1", { origins: [AI, "https://b.example"], fetch });
  await authorized(`${AI}/x`, { headers: { "x-a": "1" } });
  await authorized("https://b.example/");
  await authorized("https://c.example/");
  assertEquals(seen.map(([, headers]) => [headers["api-key"], headers["authorization"]]), [
    ["k 1", undefined],
    ["k 1", undefined],
    [undefined, undefined],
  ]);
  assertEquals(seen[0]![1]["x-a"], "1");
});

Deno.test("apiKey() asks an async function once, and again after a 401", async () => {
  const clock = createVirtualClock();
  const asked: unknown[] = [];
  const script = createScriptedFetch([
    { request: { headers: { "ocp-apim-subscription-key": "key1" } }, response: { status: 401 } },
    {
      request: { headers: { "ocp-apim-subscription-key": "key2" } },
      response: { status: 200, json: { properties: { provisioningState: "Succeeded" } } },
    },
  ], { clock });
  const fetch = apiKey("Ocp-Apim-Subscription-Key", async (request) => {
    await Promise.resolve();
    asked.push(request);
    return `key${asked.length}`;
  }, { origins: AI, fetch: script });
  await using runtime = createRuntime({ clock, fetch });
  const operation = azure.operation({ request: { method: "PUT", url: `${AI}/x`, body: {} } });
  assertEquals((await clock.runUntil(runtime.start(operation).outcome())).kind, "succeeded");
  assertEquals(asked, [{ origin: AI, refresh: false }, { origin: AI, refresh: true }]);
});

Deno.test("a key that stays the same is not asked for again: its 401 is final", async () => {
  const authorized = apiKey("x-api-key", "k", {
    origins: AI,
    fetch: () => Promise.resolve(new Response("", { status: 401 })),
  });
  assertEquals((await authorized(AI)).status, 401);
  assertEquals(await authorized.refresh!(AI), false);
});

Deno.test("names and keys that cannot be sent are refused at the call, without being shown", async () => {
  const bad = [
    () => apiKey("", "k", { origins: AI }),
    () => apiKey("a b", "k", { origins: AI }),
    () => apiKey("a:", "k", { origins: AI }),
    () => apiKey("naïve", "k", { origins: AI }),
    () => apiKey(undefined as never, "k", { origins: AI }),
    () => apiKey("Host", "k", { origins: AI }),
    () => apiKey("content-length", "k", { origins: AI }),
    () => apiKey("x-api-key", "", { origins: AI }),
    () => apiKey("x-api-key", " secret", { origins: AI }),
    () => apiKey("x-api-key", "secret\n", { origins: AI }),
    () => apiKey("x-api-key", "sécret", { origins: AI }),
    () => apiKey("x-api-key", 7 as never, { origins: AI }),
    () => apiKey("x-api-key", undefined as never, { origins: AI }),
    () => apiKey("x-api-key", "k", { origins: "https://*" }),
    () => apiKey("x-api-key", "k", { origins: [] }),
    () => apiKey("x-api-key", "k", undefined as never),
  ];
  for (const make of bad) {
    const error = assertThrows(make, TypeError, "Cannot authorize");
    assertEquals(/s.cret/.test(error.message), false);
  }
  const { fetch, seen } = recorder();
  const late = apiKey("x-api-key", () => "secret\n", { origins: AI, fetch });
  const error = await assertRejects(() => late(AI), Error, "Cannot get credentials") as Error;
  assertEquals(/secret/.test((error.cause as Error).message), false);
  assertEquals(seen, []);
});
