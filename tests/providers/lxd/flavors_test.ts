/** The same lives on LXD 5, on newer ones and on Incus, alone and in a cluster: they end in the same way. */
import { assertEquals } from "@std/assert";
import { lxd, type OperationHandle } from "@lro/machines";
import type { LxdBehaviour, LxdEmulatorOptions } from "@lro/machines/testing";
import { endOf, errorOf } from "../../runtime/_world.ts";
import { createLxdWorld, importing, type LxdWorld } from "./_play.ts";

interface Life {
  readonly claim: string;
  readonly plan: LxdBehaviour;
  readonly deadlineMs?: number;
  readonly act?: (world: LxdWorld, handle: OperationHandle<lxd.LxdOperation>) => Promise<void>;
  readonly end: string;
  readonly endMs: number;
}

const cancel: Life["act"] = async ({ clock }, handle) => {
  await clock.advance(5_000);
  handle.send({ type: "cancel" });
};

const lives: Life[] = [
  { claim: "at once", plan: {}, end: "succeeded", endMs: 0 },
  { claim: "well", plan: { durationMs: 45_000 }, end: "succeeded", endMs: 45_000 },
  {
    claim: "with 3",
    plan: { durationMs: 2_000, metadata: { return: 3 } },
    end: "succeeded",
    endMs: 2_000,
  },
  {
    claim: "badly",
    plan: { durationMs: 7_000, end: "fails", err: "boom" },
    end: "operation-failed",
    endMs: 7_000,
  },
  {
    claim: "by a cancel",
    plan: { durationMs: 60_000, cancelMs: 1_500 },
    act: cancel,
    end: "operation-canceled",
    endMs: 6_500,
  },
  {
    claim: "by a cancel that takes no time",
    plan: { durationMs: 60_000 },
    act: cancel,
    end: "operation-canceled",
    endMs: 5_000,
  },
  {
    claim: "in spite of a cancel that is refused",
    plan: { durationMs: 9_000, mayCancel: false },
    act: cancel,
    end: "succeeded",
    endMs: 9_000,
  },
  {
    claim: "never, but for the deadline",
    plan: { class: "token" },
    deadlineMs: 12_345,
    end: "deadline-exceeded",
    endMs: 12_345,
  },
  {
    claim: "forgotten by a restart",
    plan: { durationMs: 60_000 },
    act: async ({ clock, emulator }) => {
      await clock.advance(5_000);
      emulator.restart({ downMs: 0 });
    },
    end: "operation-expired",
    endMs: NaN,
  },
];

const servers: LxdEmulatorOptions[] = (["lxd5", "lxd6", "incus"] as const).flatMap((flavor) => [
  { flavor },
  { flavor, isCluster: true },
]);

for (const server of servers) {
  for (const hasSockets of [true, false]) {
    const { flavor, isCluster } = server;
    const where = `${flavor}${isCluster ? " cluster" : ""}, ${
      hasSockets ? "events" : "long polls"
    }`;
    for (const { claim, plan, deadlineMs, act, end, endMs } of lives) {
      Deno.test(`${where}: what ends ${claim} is ${end}`, async () => {
        await using world = createLxdWorld({ ...server, hasSockets, plan });
        const handle = world.runtime.start(
          importing(),
          deadlineMs === undefined ? {} : { deadlineMs },
        );
        await act?.(world, handle);
        const outcome = await world.clock.runUntil(handle.outcome());
        assertEquals(endOf(outcome), end);
        if (!Number.isNaN(endMs)) {
          assertEquals(world.clock.now() - world.clock.startMs, endMs);
        }
        if (outcome.kind === "succeeded") {
          assertEquals(outcome.value.metadata ?? null, plan.metadata ?? null);
        } else if (end === "operation-failed") {
          assertEquals("providerMessage" in errorOf(outcome), true);
        }
      });
    }

    Deno.test(`${where}: 50 at once are listed, and all end well`, async () => {
      const { clock, emulator, runtime, ...world } = createLxdWorld({
        ...server,
        hasSockets,
        plan: { durationMs: 3_000 },
      });
      const handles = Array.from({ length: 50 }, () => runtime.start(importing()));
      await clock.advance(1_000);
      const listed = await lxd.operations({}, { clock, fetch: emulator.fetch });
      assertEquals(listed.filter(({ status }) => status === "Running").length, 50);
      const ended = await clock.runUntil(Promise.all(handles.map((handle) => handle.outcome())));
      assertEquals(ended.map(endOf), ended.map(() => "succeeded"));
      assertEquals(clock.now() - clock.startMs, 3_000);
      await world[Symbol.asyncDispose]();
    });
  }
}
