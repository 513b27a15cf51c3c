/** Our converter against `@statelyai/inspect` itself; the rest is in the browser's scenarios. */
import { assert, assertEquals } from "@std/assert";
import type { StatelyEvent } from "@lro/machines/inspector";
import { STATELY_VERSION, toStateValue } from "../../src/inspector/wire/stately.ts";
import { jobs } from "../runtime/_job.ts";
import { ACCEPTED, DONE, outcomeOf, PENDING } from "../runtime/_world.ts";
import { createStage } from "./_stage.ts";

interface Said {
  readonly theirs: readonly (Record<string, unknown> & { readonly type: string })[];
  readonly taken: number;
  readonly greetings: readonly unknown[];
}

async function askPackage(events: readonly StatelyEvent[]): Promise<Said> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-lock",
      "--no-check",
      "--no-prompt",
      "--allow-env",
      "--allow-read",
      import.meta.resolve("./stately_package.ts"),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(events)));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stdout);
  if (!text.startsWith("{")) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(text);
}

/** What a viewer goes by. */
function essence(event: StatelyEvent | Said["theirs"][number]): unknown {
  const { type, event: cause, snapshot } = event as {
    type: string;
    event?: { type: string };
    snapshot?: { status: string; value: unknown };
  };
  return [type, cause?.type, snapshot?.status, snapshot?.value];
}

Deno.test("the converter sends what @statelyai/inspect sends of the same life", async () => {
  await using stage = await createStage([ACCEPTED, PENDING, DONE]);
  await outcomeOf(stage.world, stage.world.runtime.start(jobs.unsent(), { id: "a" }));
  const ours = stage.inspector.statelyEvents("a");
  const { theirs, taken, greetings } = await askPackage(ours);
  assertEquals(ours.map(essence), theirs.map(essence));
  for (const [index, their] of theirs.entries()) {
    const our = ours[index] as unknown as Record<string, unknown>;
    const shapeOf = (value: unknown) => value === null ? "null" : typeof value;
    for (const [field, value] of Object.entries(their)) {
      assertEquals(shapeOf(our[field]), shapeOf(value), `${their.type}: ${field}`);
    }
    assertEquals(our["_version"], their["_version"]);
  }
  assertEquals(
    JSON.parse((ours[0] as { definition: string }).definition),
    JSON.parse(theirs[0]!["definition"] as string),
  );
  assertEquals(taken, ours.length);
  assertEquals(greetings, [{ type: "@statelyai.connected" }]);
  assertEquals(theirs[0]?.["_version"], STATELY_VERSION);
});

Deno.test("the converter sends a page's news without the actor that it has", async () => {
  await using stage = await createStage([ACCEPTED], { thenRepeat: PENDING });
  stage.world.runtime.start(jobs.unsent(), { id: "a" });
  await stage.world.clock.advance(1);
  const read = async (after: number) =>
    (await stage.get(`/operations/a/stately?after=${after}`))
      .json<{ entry: number; events: StatelyEvent[] }>();
  const first = await read(0);
  assertEquals(first.events[0]?.type, "@xstate.actor");
  assertEquals((await read(first.entry)).events, []);
  await stage.world.clock.advance(1_000);
  const news = (await read(first.entry)).events;
  assertEquals(news.map(({ type }) => type), [
    "@xstate.event",
    "@xstate.snapshot",
    "@xstate.event",
    "@xstate.snapshot",
  ]);
  assert(news.every(({ sessionId, rootId }) => sessionId === "a" && rootId === "a"));
});

const VALUES: readonly (readonly [path: string, value: unknown])[] = [
  ["succeeded", "succeeded"],
  ["polling.waiting", { polling: "waiting" }],
  ["a.b.c", { a: { b: "c" } }],
  ["left.on right.off", { left: "on", right: "off" }],
  ["all.left.on all.right", { all: { left: "on", right: {} } }],
];
for (const [path, value] of VALUES) {
  Deno.test(`the path ${path} is XState's ${JSON.stringify(value)}`, () =>
    assertEquals(toStateValue(path), value as never));
}
