import {
  assert,
  assertEquals,
  assertMatch,
  assertObjectMatch,
  assertStringIncludes,
} from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import { OperationFailedError, type Outcome } from "@lro/machines";
import { createVirtualClock } from "@lro/machines/testing";
import { resultsText } from "../../src/cli/demo/results.ts";
import { run } from "./_console.ts";

Deno.test("lro demo runs every scenario over real HTTP, and each ends as it should", async () => {
  const clock = createVirtualClock();
  const fetch = clock.watch((input, init) => globalThis.fetch(input, init));
  const { exitCode, stdout, stderr } = await clock.runUntil(run(["demo"], { clock, fetch }));
  assertEquals(exitCode, 0);
  const ends = Object.fromEntries(
    stdout.split("\n").map((line) => line.split(/ {2,}/).slice(1, 3)),
  );
  assertObjectMatch(
    ends,
    Object.fromEntries([
      ["PUT, monitor", "succeeded"],
      ["POST, Location", "succeeded"],
      ["over the quota", "failed"],
      ["429, 503, no answer", "succeeded"],
      ["success", "succeeded"],
      ["two errors 500", "succeeded"],
      ["rejected", "failed"],
      ["expired", "expired"],
      ["canceled", "canceled"],
      ["deadline of 6 s", "timedOut"],
      ["boot, one feed", "succeeded"],
      ["create, same feed", "succeeded"],
      ["no host left", "failed"],
      ["until it is free", "succeeded"],
      ["image import", "succeeded"],
      ["no space left", "failed"],
      ["canceled by LXD", "canceled"],
      ["work request", "succeeded"],
      ["over the limit", "failed"],
      ["until it is gone", "succeeded"],
    ]),
  );
  assertMatch(stdout, /^All \d+ operations ended as they should\.$/m);
  assertMatch(stdout, /^ +OperationNotAllowed: The operation exceeds the quota\.$/m);
  assertStringIncludes(stderr, "elastic.io, emulated at http://127.0.0.1:");
  assert(stdout.split("\n").every((line) => line.length <= 80));
  assert(clock.now() < 10_000, `took ${clock.now()} ms`);
});

Deno.test("the table of the demo says below an operation why it ended badly, or what it got over", () => {
  const counts = { polls: 2, requests: 3, elapsedMs: 1_500 };
  const about = { provider: "a", operationId: "1", ...counts };
  const bad = (error: OperationFailedError): Outcome => ({ kind: "failed", error, ...counts });
  const good: Outcome = { kind: "succeeded", value: { id: 1 }, ...counts };
  const words = { providerCode: "Quota", providerMessage: "There is none left of what you want." };
  const text = resultsText([
    { label: "well", outcome: good, isExpected: true, overcame: [] },
    { label: "in the end", outcome: good, isExpected: true, overcame: ["HTTP 429", "HTTP 503"] },
    {
      label: "words",
      outcome: bad(new OperationFailedError("x", { ...about, ...words })),
      isExpected: true,
    },
    {
      label: "none",
      outcome: bad(new OperationFailedError("It failed", about)),
      isExpected: false,
    },
  ], { width: 60, paint: (_, text) => text });
  const lines = text.split("\n").slice(2).map((line) => line.trim().split(/ {2,}/)[0]);
  assertEquals(lines.slice(0, 9), [
    "well",
    "in the end",
    "got over: HTTP 429; HTTP 503",
    "words",
    "Quota: There is none left of what you want.",
    "none",
    "It failed",
    "",
    "Not as they should: none",
  ]);
});

for (const width of [60, 100, 140]) {
  Deno.test(`lro demo on a terminal of ${width} columns is no wider than that, and ends in the table`, async () => {
    const clock = createVirtualClock();
    const fetch = clock.watch((input, init) => globalThis.fetch(input, init));
    let screen = "";
    const stream = {
      isTTY: true,
      columns: width,
      rows: 24,
      write: (text: string) => screen += text,
    };
    const { exitCode } = await clock.runUntil(
      run(["demo"], { clock, fetch, stdout: stream, stderr: stream }),
    );
    assertEquals(exitCode, 0);
    const lines = stripVTControlCharacters(screen).split("\n");
    const widest = Math.max(...lines.map((line) => line.length));
    assert(widest <= width, `${widest}`);
    assertMatch(lines.at(-2)!, /^All \d+ operations ended as they should\.$/);
  });
}

Deno.test("lro demo stops at Ctrl-C with 130", async () => {
  const clock = createVirtualClock();
  const fetch = clock.watch((input, init) => globalThis.fetch(input, init));
  const { exitCode } = await clock.runUntil(
    run(["demo"], { clock, fetch, signalAt: ["polling", "SIGINT"] }),
  );
  assertEquals(exitCode, 130);
});
