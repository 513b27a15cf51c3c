/** Operations whose own URL, or whose result, is not where it should be. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { azure, createRuntime } from "@lro/machines";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
} from "@lro/machines/testing";
import {
  accepted,
  ARM,
  errorOf,
  monitored,
  ok,
  play,
  RESOURCE,
  resource,
  RUNNING,
  SUCCEEDED,
} from "./_play.ts";

const gone: ScriptedResponse = {
  status: 404,
  json: { error: { code: "ResourceNotFound", message: "no such thing" } },
};
const gone410 = { ...gone, status: 410 };
const atLocation = accepted({ location: "/results/1" });

Deno.test("the first 404 is asked again although Retry-After outlasts the grace", async () => {
  const first = monitored({ "retry-after": "60" });
  const { end, times } = await play({ method: "POST" }, [first, gone, SUCCEEDED]);
  assertEquals([end, times], [{ status: "Succeeded" }, [0, 60_000, 62_000]]);
});

Deno.test("the grace counts from the first poll that was answered", async () => {
  const first = monitored({ "retry-after": "60" });
  const { times, end } = await play({ method: "POST" }, [
    first,
    ...Array<ScriptedResponse>(6).fill(gone),
  ]);
  assertEquals(times, [0, 60_000, 62_000, 64_000, 66_000, 68_000, 70_000]);
  assertEquals(end, "operation-expired");
});

Deno.test("a 404 is asked again once more without any grace, and long after the first poll", async () => {
  const without = await play({ method: "POST", notFoundGraceMs: 0 }, [monitored(), gone, gone]);
  assertEquals([without.end, without.times], ["operation-expired", [0, 0, 2_000]]);
  const late = await play({ method: "POST" }, [monitored(), RUNNING, gone, SUCCEEDED]);
  assertEquals([late.end, late.times], [{ status: "Succeeded" }, [0, 0, 30_000, 32_000]]);
});

Deno.test("410 is no 'not yet'", async () => {
  const { end, times } = await play({ method: "POST" }, [monitored(), gone410]);
  assertEquals([end, times], ["operation-expired", [0, 0]]);
});

for (const [what, first] of [["monitor", monitored()], ["Location", atLocation]] as const) {
  const running = what === "monitor" ? RUNNING : accepted({});
  for (const last of [[gone, gone], [gone410]]) {
    const status = last[0]!.status;
    const before = [first, running, ...last];

    Deno.test(`a DELETE whose ${what} is ${status} succeeds where its resource is gone too`, async () => {
      for (const answer of [gone, gone410, { status: 404 }, { status: 204 }]) {
        const { end, asked } = await play({ method: "DELETE" }, [...before, answer]);
        assertEquals([end, asked.at(-1)], [undefined, "GET /r"]);
      }
    });

    Deno.test(`a DELETE whose ${what} is ${status} waits for a resource that is being deleted`, async () => {
      const { end, asked } = await play({ method: "DELETE" }, [
        ...before,
        ok(resource("Deleting")),
        ok(resource("Deleting")),
        gone,
      ]);
      assertEquals([end, asked.slice(-3)], [undefined, ["GET /r", "GET /r", "GET /r"]]);
    });

    Deno.test(`a DELETE whose ${what} is ${status} is never told as done while its resource is there`, async () => {
      for (const state of ["Succeeded", "Failed", "Canceled"]) {
        const played = await play({ method: "DELETE" }, [...before, ok(resource(state))]);
        const { code, message, token } = errorOf(played);
        assertEquals([code, typeof token], ["operation-expired", "object"]);
        assertStringIncludes(message, `vanished (HTTP ${status}), and the resource is still there`);
      }
    });

    Deno.test(`a DELETE whose ${what} is ${status} is not proved by the page of a gateway`, async () => {
      const headers = { "content-type": "text/html" };
      const page = { status: 404, headers, text: "<html>Not found</html>" };
      assertEquals((await play({ method: "DELETE" }, [...before, page])).end, "operation-expired");
    });

    for (const method of ["PUT", "PATCH"]) {
      Deno.test(`a ${method} whose ${what} is ${status} goes on by its resource`, async () => {
        const ends: [ScriptedResponse[], unknown][] = [
          [[ok(resource("Succeeded"))], resource("Succeeded")],
          [[ok({ id: "/r" })], { id: "/r" }],
          [[ok(resource("Creating")), ok(resource("Succeeded"))], resource("Succeeded")],
          [[ok(resource("Failed"))], "operation-failed"],
          [[ok(resource("Creating")), ok(resource("Canceled"))], "operation-canceled"],
          [[gone], "operation-expired"],
          [[{ status: 403, json: gone.json! }], "transport"],
          [[ok("no resource")], "protocol"],
        ];
        for (const [replies, end] of ends) {
          const played = await play({ method }, [...before, ...replies]);
          assertEquals(played.end, end);
          assertEquals(new Set(played.asked.slice(-replies.length)), new Set(["GET /r"]));
        }
      });
    }

    Deno.test(`a POST whose ${what} is ${status} expires, with its code and a token`, async () => {
      const played = await play({ method: "POST" }, before);
      const { code, message, token } = errorOf(played);
      assertEquals([code, typeof token], ["operation-expired", "object"]);
      assertStringIncludes(message, `HTTP ${status}`);
      assertStringIncludes(JSON.stringify(errorOf(played)), "ResourceNotFound");
    });
  }
}

Deno.test("a token of an operation whose monitor vanished asks on where it was", async () => {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const play = (replies: ScriptedResponse[]) => {
    const fetch = createScriptedFetch(replies.map((response) => ({ response })), { clock });
    return { fetch, runtime: createRuntime({ clock, fetch }) };
  };
  const first = play([monitored(), gone410, gone]);
  const request = { method: "PUT", url: RESOURCE };
  const outcome = await clock.runUntil(first.runtime.start(azure.operation({ request })).outcome());
  if (outcome.kind !== "expired") throw new Error(outcome.kind);
  const { token } = outcome.error.toJSON() as { token?: object };
  const second = play([ok(resource("Creating")), ok(resource("Succeeded"))]);
  const again = second.runtime.restore(JSON.stringify(token));
  assertEquals(await clock.runUntil(again.result()), resource("Succeeded"));
  assertEquals(second.fetch.requests.map(({ method, url }) => `${method} ${url}`), [
    `GET ${RESOURCE}`,
    `GET ${RESOURCE}`,
  ]);
  await first.runtime.dispose();
  await second.runtime.dispose();
});

Deno.test("a monitor that answers with the resource is not believed, and its resource is read", async () => {
  const value = { id: "n1", type: "namedValues", name: "n1", properties: { displayName: "hello" } };
  const first = { status: 200, headers: monitored().headers!, json: value };
  for (const method of ["PUT", "PATCH"]) {
    const played = await play({ method }, [first, ok(value), ok(value)]);
    assertEquals([played.end, played.asked.slice(1)], [value, ["GET /operations/1", "GET /r"]]);
  }
  const going = await play({}, [
    first,
    ok(resource("Succeeded")), // as the monitor has it, or had it
    ok(resource("Updating")),
    ok(resource("Succeeded")),
  ]);
  assertEquals(going.end, resource("Succeeded"));
  assertEquals(going.asked.slice(1), ["GET /operations/1", "GET /r", "GET /r"]);
});

Deno.test("a monitor that answers neither a status nor a resource is a protocol error", async () => {
  const bodies = [{}, { percentComplete: 50 }, { id: "/r", error: { code: "E" } }, { status: 7 }];
  for (const body of bodies) {
    assertEquals((await play({}, [monitored(), ok(body)])).end, "protocol", JSON.stringify(body));
  }
  for (const method of ["POST", "DELETE"]) {
    assertEquals((await play({ method }, [monitored(), ok({ id: "/r" })])).end, "protocol");
  }
});

Deno.test("a monitor's 202 without a status goes on, and its URL may have moved", async () => {
  const bodies: Partial<ScriptedResponse>[] = [{}, { json: {} }, { json: { id: "1" } }, {
    json: null,
  }];
  for (const body of bodies) {
    const moved = { status: 202, headers: { "operation-location": "/operations/2" }, ...body };
    const played = await play({ method: "POST" }, [monitored(), moved, { status: 202 }, SUCCEEDED]);
    assertEquals(played.end, { status: "Succeeded" });
    assertEquals(played.asked.slice(2), ["GET /operations/2", "GET /operations/2"]);
  }
});

Deno.test("a monitor's 204 is the good end", async () => {
  const nothing = { status: 204 };
  for (const method of ["DELETE", "POST"]) {
    const played = await play({ method }, [monitored(), RUNNING, nothing]);
    assertEquals([played.end, played.asked.length], [undefined, 3]);
  }
  const put = await play({}, [monitored(), nothing, ok(resource("Succeeded"))]);
  assertEquals([put.end, put.asked.at(-1)], [resource("Succeeded"), "GET /r"]);
  const post = await play({ method: "POST" }, [monitored({ location: "/l" }), nothing, ok(1)]);
  assertEquals([post.end, post.asked.at(-1)], [1, "GET /l"]);
});

Deno.test("a result that is gone after a DELETE is no failure", async () => {
  for (const finalStateVia of ["location", "original-uri"] as const) {
    for (const status of [404, 410, 204]) {
      const first = monitored({ location: "/results/1" });
      const played = await play({ method: "DELETE", finalStateVia }, [first, SUCCEEDED, {
        status,
      }]);
      assertEquals([played.end, played.asked.length], [undefined, 3]);
    }
  }
});

Deno.test("a final GET that is answered 202 is asked again, at its Location too", async () => {
  const { end, asked, times } = await play({}, [
    monitored(),
    SUCCEEDED,
    { status: 202, json: resource("Updating") },
    { status: 202, headers: { location: "/results/2", "retry-after": "45" } },
    { status: 202 },
    ok(resource("Updating")), // that it is there counts, for the operation has succeeded
  ]);
  assertEquals(end, resource("Updating"));
  assertEquals(asked.slice(2), ["GET /r", "GET /r", "GET /results/2", "GET /results/2"]);
  assertEquals(times.slice(2), [0, 30_000, 75_000, 105_000]);
  const evil = { status: 202, headers: { location: `${ARM}.evil.example/` } };
  assertEquals((await play({}, [monitored(), SUCCEEDED, evil])).end, "protocol");
});
