/** What was recorded from a real LXD, and what its Ruby client makes of it. */
import { assertEquals } from "@std/assert";
import { isLroError, lxd } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { LXD_VECTORS, type LxdAnswer, type LxdVector } from "../../data/lxd_vectors.ts";
import { createWorld, type World } from "../../runtime/_world.ts";
import { accepted, ID, importing, joining, refused, shown } from "./_play.ts";

function responseOf([status, type, code = 0, error = ""]: LxdAnswer): ScriptedResponse {
  switch (type) {
    case "async":
      return accepted();
    case "sync":
      return shown(code, { err: error });
    case "error":
      return { ...refused(code, error, status), latencyMs: 1_000 };
    case "empty":
      return { status, json: { type: "sync", metadata: {} } };
  }
}

/** Retried as little as the recorded client does. */
function play({ runtime, clock, fetch }: World, does: LxdVector["does"]): Promise<unknown> {
  switch (does) {
    case "start":
      return runtime.start(importing()).result();
    case "wait":
      return runtime.start(joining()).result();
    case "cancel":
      return lxd.cancelOperation({ operation: ID }, { clock, fetch });
    case "list":
      return lxd.operations({}, { clock, fetch });
  }
}

for (const { id, claim, does, answers, end, asks, differs } of LXD_VECTORS) {
  Deno.test(`LXD ${id}: ${claim}${differs ? ` (${differs})` : ""}`, async () => {
    await using world = createWorld(answers.map(responseOf));
    const playing = play(world, does).then(() => "succeeded", (error) => {
      if (isLroError(error)) return error.code;
      throw error;
    });
    assertEquals(await world.clock.runUntil(playing), end);
    world.fetch.assertDone();
    const asked = world.fetch.requests.map(({ method, url }) =>
      `${method} ${url.slice("http://lxd/1.0".length)}`
    );
    assertEquals(asked, asks);
  });
}
