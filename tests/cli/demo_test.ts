import {
  assert,
  assertEquals,
  assertMatch,
  assertObjectMatch,
  assertStringIncludes,
} from "@std/assert";
import { createVirtualClock } from "@lro/machines/testing";
import { run } from "./_console.ts";

Deno.test("lro demo runs every scenario over real HTTP, and each ends as it should", async () => {
  const clock = createVirtualClock();
  const fetch = clock.watch((input, init) => globalThis.fetch(input, init));
  const { exitCode, stdout, stderr } = await clock.runUntil(run(["demo"], { clock, fetch }));
  assertEquals(exitCode, 0);
  const ends = Object.fromEntries(
    stdout.split("\n").map((line) => line.split(/ {2,}/).slice(0, 2)),
  );
  assertObjectMatch(
    ends,
    Object.fromEntries([
      ["PUT, monitor", "succeeded"],
      ["POST, Location", "succeeded"],
      ["over the quota", "failed"],
      ["success", "succeeded"],
      ["two errors 500", "succeeded"],
      ["rejected", "failed"],
      ["expired", "expired"],
      ["canceled", "canceled"],
      ["deadline of 6 s", "timedOut"],
      ["image import", "succeeded"],
      ["no space left", "failed"],
      ["canceled by LXD", "canceled"],
      ["work request", "succeeded"],
      ["over the limit", "failed"],
      ["until it is gone", "succeeded"],
    ]),
  );
  assertMatch(stdout, /^All \d+ operations ended as they should\.$/m);
  assertStringIncludes(stderr, "elastic.io, emulated at http://127.0.0.1:");
  assert(stdout.split("\n").every((line) => line.length <= 80));
  assert(clock.now() < 10_000, `took ${clock.now()} ms`);
});

Deno.test("lro demo stops at Ctrl-C with 130", async () => {
  const clock = createVirtualClock();
  const fetch = clock.watch((input, init) => globalThis.fetch(input, init));
  const { exitCode } = await clock.runUntil(
    run(["demo"], { clock, fetch, signalAt: ["polling", "SIGINT"] }),
  );
  assertEquals(exitCode, 130);
});
