import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ScriptedResponse } from "@lro/machines/testing";
import { accepted, ARM, errorOf, ok, play, RUNNING, SUCCEEDED } from "./_play.ts";

const url = `${ARM}/a/b/c?api-version=1&x=y%20z`;
const request = { method: "POST", url };
/** URLs stay as they are named. */
const repeatQuery: string[] = [];

/** What is polled when a first reply names `reference`, or why nothing is. */
async function polled(
  reference: string,
  options: Parameters<typeof play>[0] = {},
): Promise<unknown> {
  const first = accepted({ location: reference });
  const isRefused = { request, repeatQuery, ...options, retry: false } as const;
  const played = await play(isRefused, [first, ok(1)]).catch(() => play(isRefused, [first]));
  return played.asked[1]?.slice("GET ".length) ?? errorOf(played).message;
}

Deno.test("a relative URL is resolved against the request", async () => {
  assertEquals(await polled("/x/1?y=2"), "/x/1?y=2");
  assertEquals(await polled("d"), "/a/b/d");
  assertEquals(await polled("../d"), "/a/d");
  assertEquals(await polled("?step=2"), "/a/b/c?step=2");
  assertEquals(await polled("//management.azure.com/x"), "/x");
  assertEquals(await polled(` ${ARM}/x `), "/x");
});

Deno.test("every URL is resolved against the first request, also when it has moved", async () => {
  const to = (path: string, rest: ScriptedResponse): ScriptedResponse => ({
    ...rest,
    headers: { "operation-location": path },
  });
  const { asked } = await play({ request, repeatQuery }, [
    to("one/1", { status: 202 }),
    to("two/2", RUNNING),
    { ...SUCCEEDED, json: { status: "Succeeded", resourceLocation: "three/3" } },
    ok(1),
  ]);
  assertEquals(asked.slice(1), ["GET /a/b/one/1", "GET /a/b/two/2", "GET /a/b/three/3"]);
});

Deno.test("what is no URL is a protocol error", async () => {
  for (
    const reference of ["http://", "https://[", "ftp://management.azure.com/x", "javascript:1"]
  ) {
    assertStringIncludes(String(await polled(reference)), "the URL it names is none");
  }
});

Deno.test("pathFormatArguments fill the placeholders, as they are", async () => {
  const pathFormatArguments = { endpoint: ARM, id: "a/b", n: "7" };
  assertEquals(await polled("{endpoint}/x/{id}?n={n}", { pathFormatArguments }), "/x/a/b?n=7");
  assertEquals(await polled("/x/{id}", { pathFormatArguments: { id: "{n}" } }), "/x/%7Bn%7D");
  assertStringIncludes(
    String(await polled("/x/{id}/{other}", { pathFormatArguments })),
    "needs pathFormatArguments.other",
  );
  assertStringIncludes(
    String(await polled("/x/{toString}", { pathFormatArguments })),
    "needs pathFormatArguments.toString",
  );
});

Deno.test("repeatQuery copies parameters that are missing, and leaves the others exactly as they are", async () => {
  const repeatQuery = ["api-version", "x", "absent"];
  assertEquals(await polled("/p", { repeatQuery }), "/p?api-version=1&x=y%20z");
  const signed = "/p?API-Version=2&sig=a+b%2Bc/d='(~)'";
  assertEquals(
    await polled(signed, { repeatQuery: ["api-version"] }),
    signed.replaceAll("'", "%27"),
  );
  assertEquals(await polled("/p?q=a:b", { repeatQuery: ["x"] }), "/p?q=a:b&x=y%20z");
});

Deno.test("repeatQuery counts for every URL that a reply names, not for the request's own", async () => {
  const request = { method: "PUT", url: `${ARM}/r?api-version=1` };
  const { asked } = await play({ request, repeatQuery: ["api-version"] }, [
    accepted({ "operation-location": "/o/1" }),
    { ...RUNNING, headers: { "operation-location": "/o/2" } },
    ok({ status: "Succeeded", resourceLocation: "/r/2" }),
    ok(1),
  ]);
  assertEquals(asked.slice(1), [
    "GET /o/1?api-version=1",
    "GET /o/2?api-version=1",
    "GET /r/2?api-version=1",
  ]);
});

Deno.test("a URL on another origin is refused, naming both origins, wherever it comes from", async () => {
  const evil = "https://evil.example/x";
  const monitor = { "operation-location": "/o/1" };
  const cases: [Parameters<typeof play>[0], ScriptedResponse[]][] = [
    [{}, [accepted({ location: evil })]],
    [{}, [accepted({ "operation-location": evil })]],
    [{}, [accepted({ "azure-asyncoperation": "//evil.example/x" })]],
    [{}, [accepted({ location: "/l" }), accepted({ location: evil })]],
    [{}, [accepted(monitor), { ...RUNNING, headers: { "operation-location": evil } }]],
    [{}, [accepted(monitor), ok({ status: "Succeeded", resourceLocation: evil })]],
    [{ method: "POST" }, [accepted({ ...monitor, location: evil }), SUCCEEDED]],
    [{ finalStateVia: "location" }, [accepted({ ...monitor, location: evil }), SUCCEEDED]],
  ];
  for (const [options, replies] of cases) {
    const { code, message } = errorOf(await play(options, replies));
    assertEquals(code, "protocol");
    assertStringIncludes(message, "https://evil.example");
    assertStringIncludes(message, ARM);
    assertStringIncludes(message, "allowedOrigins");
  }
});

Deno.test("a Location on another origin does no harm where nobody needs it", async () => {
  const headers = { "operation-location": "/o/1", location: "https://evil.example/x" };
  assertEquals((await play({ method: "DELETE" }, [accepted(headers), SUCCEEDED])).end, {
    status: "Succeeded",
  });
});

Deno.test("another port, scheme or name is another origin", async () => {
  const references = [
    "https://management.azure.com:444/x",
    "https://management.azure.com.evil.example/x",
    "https://user@management.azure.com/x",
    "https://management.azure.com@evil.example/x",
  ];
  for (const reference of references) {
    assertStringIncludes(String(await polled(reference)), "allowedOrigins");
  }
  assertEquals(await polled("https://MANAGEMENT.azure.com:443/x"), "/x");
});

Deno.test("http after https is refused even where the origin is allowed", async () => {
  const allowedOrigins = ["http://management.azure.com", "http://other.example"];
  for (const host of ["management.azure.com", "other.example"]) {
    const why = String(await polled(`http://${host}/x`, { allowedOrigins }));
    assertStringIncludes(why, `http://${host}, without encryption`);
    assertStringIncludes(why, ARM);
  }
});
