import { assertEquals } from "@std/assert";
import { accepted, ARM, ok, play, RESOURCE, resource, RUNNING, SUCCEEDED } from "./_play.ts";

const method = "POST";
const location = `${ARM}/results/1`;

Deno.test("an operation that somebody else started is joined: nothing is sent again", async () => {
  const initialReply = {
    status: 202,
    headers: { "Azure-AsyncOperation": `${ARM}/operations/1`, Location: location },
  };
  const { end, asked, times } = await play({ method, initialReply }, [RUNNING, SUCCEEDED, ok(7)]);
  assertEquals(end, 7);
  assertEquals(asked, ["GET /operations/1", "GET /operations/1", "GET /results/1"]);
  assertEquals(times, [0, 30_000, 30_000]);
});

Deno.test("Retry-After of a reply that somebody else got counts", async () => {
  const headers = { Location: location, "Retry-After": "12" };
  const initialReply = { status: 202, headers };
  const { times } = await play({ method, initialReply }, [accepted({}), ok(7)]);
  assertEquals(times, [12_000, 42_000]);
});

Deno.test("a reply that somebody else got may be the end", async () => {
  const done = { status: 200, headers: {}, body: resource("Succeeded") };
  const failing = { code: "Conflict", message: "taken" };
  const ends = [
    [await play({ initialReply: done }, []), resource("Succeeded")],
    [await play({ initialReply: { ...done, body: resource("Failed") } }, []), "operation-failed"],
    [await play({ initialReply: { status: 204, headers: {} } }, []), undefined],
    [
      await play({ initialReply: { status: 409, headers: {}, body: failing } }, []),
      "request-rejected",
    ],
    [await play({ initialReply: { status: 500, headers: {} } }, []), "transport"],
    [await play({ method, initialReply: { status: 202, headers: {} } }, []), "protocol"],
    [await play({ initialReply: { ...done, body: "<html>" } }, []), "protocol"],
  ] as const;
  for (const [{ end, asked, outcome }, expected] of ends) {
    assertEquals([end, asked, outcome.requests], [expected, [], 0]);
  }
});

Deno.test("joining follows every rule of a start: origins, final GET, the request's headers", async () => {
  const initialReply = { status: 201, headers: { "operation-location": "/o/1" } };
  const request = { method: "PUT", url: RESOURCE, headers: { "x-ms-client-request-id": "id" } };
  const joined = await play({ request, initialReply }, [SUCCEEDED, ok(resource("Succeeded"))]);
  assertEquals(joined.asked, ["GET /o/1", "GET /r"]);
  assertEquals(joined.requests.map(({ headers }) => headers["x-ms-client-request-id"]), [
    "id",
    "id",
  ]);
  const evil = { status: 202, headers: { location: "https://evil.example/" } };
  assertEquals((await play({ initialReply: evil }, [])).end, "protocol");
});
