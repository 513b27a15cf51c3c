import { assertEquals, assertStringIncludes } from "@std/assert";
import type { FinalStateVia } from "@lro/machines/azure";
import { ARM, errorOf, monitored, ok, play, resource, RUNNING, SUCCEEDED } from "./_play.ts";

const BODY = { status: "Succeeded" };
const RESULT = { result: 1 };

type Row = [method: string, via: FinalStateVia | undefined, finalGet: string | undefined];

/** Where the result is, if the first reply has a Location. */
const withLocation: Row[] = [
  ["PUT", "location", "/results/1"],
  ["PATCH", "location", "/results/1"],
  ["POST", "location", "/results/1"],
  ["DELETE", "location", "/results/1"],
  ["PUT", "azure-async-operation", "/r"],
  ["PATCH", "azure-async-operation", "/r"],
  ["POST", "azure-async-operation", undefined],
  ["DELETE", "azure-async-operation", undefined],
  ["PUT", "operation-location", "/r"],
  ["PATCH", "operation-location", "/r"],
  ["POST", "operation-location", undefined],
  ["DELETE", "operation-location", undefined],
  ["PUT", "original-uri", "/r"],
  ["PATCH", "original-uri", "/r"],
  ["POST", "original-uri", "/r"],
  ["DELETE", "original-uri", "/r"],
  ["PUT", undefined, "/r"],
  ["PATCH", undefined, "/r"],
  ["POST", undefined, "/results/1"],
  ["DELETE", undefined, undefined],
];

/** Where it is without one, if that is somewhere else. */
const withoutLocation: Row[] = [
  ["PUT", "location", "/r"],
  ["PATCH", "location", "/r"],
  ["POST", "location", undefined],
  ["DELETE", "location", undefined],
  ["POST", undefined, undefined],
];

for (
  const [rows, location] of [[withLocation, "/results/1"], [withoutLocation, undefined]] as const
) {
  for (const [method, finalStateVia, finalGet] of rows) {
    const what = `a ${method} by ${finalStateVia ?? "nothing"}, ${
      location === undefined ? "without" : "with"
    } a Location,`;
    Deno.test(`${what} ends with ${finalGet === undefined ? "its monitor's body" : `GET ${finalGet}`}`, async () => {
      const { end, asked } = await play(
        { method, ...(finalStateVia && { finalStateVia }) },
        [
          monitored(location === undefined ? {} : { location }),
          SUCCEEDED,
          ...(finalGet === undefined ? [] : [ok(RESULT)]),
        ],
      );
      assertEquals(end, finalGet === undefined ? BODY : RESULT);
      assertEquals(asked.slice(2), finalGet === undefined ? [] : [`GET ${finalGet}`]);
    });
  }
}

Deno.test("finalStateVia counts only with a monitor: a Location and a resource end with their own reply", async () => {
  for (const finalStateVia of ["original-uri", "azure-async-operation", "location"] as const) {
    const first = { status: 202, headers: { location: "/results/1" } };
    const byLocation = await play({ method: "POST", finalStateVia }, [first, ok(RESULT)]);
    assertEquals([byLocation.end, byLocation.asked.length], [RESULT, 2]);
    const body = resource("Succeeded");
    const byResource = await play({ finalStateVia }, [{ status: 201 }, ok(body)]);
    assertEquals([byResource.end, byResource.asked.length], [body, 2]);
  }
});

Deno.test("the Location of the first reply counts, whatever later ones say", async () => {
  const { asked } = await play({ method: "POST" }, [
    monitored({ location: "/results/1" }),
    { ...RUNNING, headers: { location: "/results/2" } },
    { ...SUCCEEDED, headers: { location: "/results/3" } },
    ok(RESULT),
  ]);
  assertEquals(asked.at(-1), "GET /results/1");
});

Deno.test("by location, a Location that comes only in the end is taken", async () => {
  const { end, asked } = await play({ method: "POST", finalStateVia: "location" }, [
    monitored(),
    { ...SUCCEEDED, headers: { location: "/results/1" } },
    ok(RESULT),
  ]);
  assertEquals([end, asked.at(-1)], [RESULT, "GET /results/1"]);
});

Deno.test("resourceLocation names the result, relative or not", async () => {
  for (const resourceLocation of [`${ARM}/made/1`, "/made/1", "made/1"]) {
    for (const method of ["PUT", "POST", "DELETE"]) {
      const { end, asked } = await play({ method }, [
        monitored({ location: "/results/1" }),
        ok({ status: "Succeeded", resourceLocation }),
        ok(RESULT),
      ]);
      assertEquals([end, asked.at(-1)], [RESULT, "GET /made/1"]);
    }
  }
});

Deno.test("a resourceLocation that is none is ignored, and so is any if finalStateVia is set", async () => {
  for (const resourceLocation of [null, "", 7, {}, undefined]) {
    const { asked } = await play({}, [
      monitored(),
      ok({ status: "Succeeded", ...(resourceLocation !== undefined && { resourceLocation }) }),
      ok(RESULT),
    ]);
    assertEquals(asked.at(-1), "GET /r");
  }
  const { asked } = await play({ method: "POST", finalStateVia: "operation-location" }, [
    monitored(),
    ok({ status: "Succeeded", resourceLocation: "/made/1" }),
  ]);
  assertEquals(asked.length, 2);
});

Deno.test("the final GET may answer 200, 201 or 204, and nothing is undefined", async () => {
  for (const status of [200, 201]) {
    const json = resource("Updating"); // not read
    assertEquals((await play({}, [monitored(), SUCCEEDED, { status, json }])).end, json);
  }
  for (const status of [200, 204]) {
    assertEquals((await play({}, [monitored(), SUCCEEDED, { status }])).end, undefined);
  }
});

Deno.test("a final GET that is refused says nothing of the operation, and can be taken up again", async () => {
  const json = { error: { code: "Gone", message: "moved house" } };
  const refusals = [
    [203, "protocol"],
    [304, "protocol"],
    [400, "transport"],
    [403, "transport"],
    [404, "operation-expired"],
    [410, "operation-expired"],
    [500, "transport"],
  ] as const;
  for (const [status, expected] of refusals) {
    const reply = status === 304 ? { status } : { status, json };
    const played = await play({ retry: false }, [monitored(), SUCCEEDED, reply]);
    const { code, message, providerCode, token } = errorOf(played);
    assertEquals([code, typeof token], [expected, "object"]);
    assertEquals(providerCode, status === 304 ? undefined : "Gone");
    assertStringIncludes(message, `Cannot get result of operation: HTTP ${status}`);
  }
});
