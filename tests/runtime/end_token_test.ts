/** Which ends can be taken up again, and that none of them starts a second time. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { createMemoryStore } from "@lro/machines/store/memory";
import type { ScriptedResponse } from "@lro/machines/testing";
import { defineJob, jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, errorOf, outcomeOf, PENDING } from "./_world.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** As a careful protocol reads the reply to a start. */
const careful = defineJob("careful", { repeat: "answered" }, {
  read: (step, { status, body }) => {
    if (step === "send" && status === 202) return { type: "accepted" };
    if (step !== "send" && status === 200 && typeof body === "object") {
      return { type: "succeeded", value: body };
    }
    const code = status >= 500 || status === 429 ? "transport" : "protocol";
    return { type: "failed", failure: { code, message: `Cannot read: HTTP ${status}` } };
  },
});

const mayRun: Record<string, ScriptedResponse> = {
  "an answer that cannot be read": { status: 200, text: '{ "cut', headers: JSON_TYPE },
  "a page": { status: 200, text: "<html>", headers: { "content-type": "text/html" } },
  "a status that nobody expects": { status: 226 },
  "a status of a gateway": { status: 520 },
  "a server that fails": { status: 500 },
  "a redirect that is not followed": { status: 307, headers: { location: "https://b.example/" } },
  "no answer": { drop: true },
  "a request timeout": { status: 408 },
};

for (const [what, response] of Object.entries(mayRun)) {
  Deno.test(`a start that got ${what} has a token, which never sends it again`, async () => {
    await using world = createWorld([response], { retry: false });
    let error = errorOf(await outcomeOf(world, world.runtime.start(careful())));
    for (let round = 0; round < 3; round++) {
      assertEquals(error.token?.uncertain, true);
      assertEquals(error.token?.outcome, undefined);
      await using other = createWorld([], { retry: false });
      const outcome = await outcomeOf(other, other.runtime.restore(JSON.stringify(error.token)));
      error = errorOf(outcome);
      assertEquals([other.fetch.requests.length, error.code], [0, "transport"]);
      assertMatch(error.message, /not sent a second time/);
    }
  });
}

const neverRan: Record<string, ScriptedResponse> = {
  "no connection": { refuse: true },
  "too many requests": { status: 429 },
  "an announced pause": { status: 503, headers: { "retry-after": "1" } },
};

for (const [what, response] of Object.entries(neverRan)) {
  Deno.test(`a start that got ${what} is sent by its token`, async () => {
    await using world = createWorld([response], { retry: false });
    const { token } = errorOf(await outcomeOf(world, world.runtime.start(careful())));
    assertEquals(token?.uncertain, undefined);
    await using other = createWorld([ACCEPTED, DONE]);
    assertEquals(endOf(await outcomeOf(other, other.runtime.restore(token!))), "succeeded");
  });
}

Deno.test("a start that the store kept from being sent is sent by its token", async () => {
  let isFull = true;
  const memory = createMemoryStore();
  const save = (token: Parameters<typeof memory.save>[0]): void => {
    if (isFull) throw new Error("disk full");
    memory.save(token);
  };
  await using world = createWorld([ACCEPTED, DONE], { store: { ...memory, save } });
  const { token } = errorOf(await outcomeOf(world, world.runtime.start(careful())));
  assertEquals([token?.uncertain, world.fetch.requests.length], [undefined, 0]);
  isFull = false;
  assertEquals(endOf(await outcomeOf(world, world.runtime.restore(token!))), "succeeded");
});

Deno.test("a poll that makes no sense has a token, which goes on where it was", async () => {
  await using world = createWorld([ACCEPTED, { status: 200, text: "<html>" }]);
  const handle = world.runtime.start(careful());
  const error = errorOf(await outcomeOf(world, handle));
  assertEquals([error.code, error.token?.uncertain], ["protocol", undefined]);
  assertEquals(handle.token(), error.token);
  assertEquals(JSON.parse(JSON.stringify(error)).token, error.token);
  await using other = createWorld([DONE]);
  assertEquals(endOf(await outcomeOf(other, other.runtime.restore(error.token!))), "succeeded");
  assertEquals(other.asked(), ["GET /jobs/1"]);
});

Deno.test("a cancel that only ended the waiting has a token, and is over for the store", async () => {
  const store = createMemoryStore();
  await using world = createWorld([ACCEPTED, PENDING], { store });
  const handle = world.runtime.start(jobs.unsent(), { id: "a" });
  await world.clock.advance(100);
  const outcome = await handle.cancel();
  assert(outcome.kind === "canceled");
  const { token } = errorOf(outcome);
  await using other = createWorld([DONE]);
  assertEquals(endOf(await outcomeOf(other, other.runtime.restore(token!))), "succeeded");
  assertEquals(store.list().map((kept) => kept.outcome?.kind), ["canceled"]);
  assertEquals(world.runtime.restore(store.load("a")!).snapshot.status, "done");
});

Deno.test("a start that is canceled while it is out is never sent again", async () => {
  await using world = createWorld([{ status: 202, latencyMs: 500 }]);
  const handle = world.runtime.start(jobs.unsent());
  await world.clock.advance(100);
  const { token } = errorOf(await handle.cancel());
  assertEquals(token?.uncertain, true);
});

Deno.test("what was refused, failed or forgotten for good has no token", async () => {
  for (const responses of [[{ status: 400 }], [ACCEPTED, { status: 400 }]]) {
    await using world = createWorld(responses);
    const handle = world.runtime.start(jobs.unsent());
    const error = errorOf(await outcomeOf(world, handle));
    assertEquals("token" in error, false, error.code);
    assertEquals(handle.token().outcome?.kind, "failed");
  }
});
