/**
 * `lro demo`: many operations at once, against emulated providers over real
 * HTTP.
 *
 * @module
 */
import type { Command } from "commander";
import type { Outcome } from "../../model/outcome.ts";
import type { OperationHandle } from "../../model/handle.ts";
import { createRuntime, type Runtime } from "../../runtime/runtime.ts";
import type { Clock } from "../../services.ts";
import { type LoopbackServer, serveLoopback } from "../../testing/mod.ts";
import { demoProviders } from "../demo/mod.ts";
import { noteTrouble } from "../demo/overcame.ts";
import { type DemoResult, resultsText } from "../demo/results.ts";
import type { DemoScenario } from "../demo/scenario.ts";
import type { Display, OperationName } from "../display/display.ts";
import { createDisplay } from "../display/create_display.ts";
import { codeOfSignal } from "../exit_code.ts";
import { addInspectionOptions, type InspectionOptions, openInspection } from "../inspection.ts";
import type { CliIo, CliSignal } from "../io.ts";
import { createPaint } from "../text/paint.ts";
import type { CommandContext } from "./context.ts";

/** Adds the command. */
export function addDemo(
  program: Command,
  { io, finish }: CommandContext,
): void {
  const command = program.command("demo")
    .summary("watch many operations run against emulated providers")
    .description(
      "Runs several operations to their end, over real HTTP, against emulated providers on the " +
        "loopback interface. Needs no account. Exits with 0 if every one ended as it should. " +
        "With --inspect it begins again and again, until Ctrl-C.",
    );
  addInspectionOptions(command);
  command.action(async (options: InspectionOptions) => finish(await run(options, io)));
}

async function run(options: InspectionOptions, io: CliIo): Promise<number> {
  const { clock, fetch, random } = io;
  const stopping = new AbortController();
  let heard: CliSignal | undefined;
  const unlisten = io.onSignal((name) => {
    heard = name;
    stopping.abort(new DOMException(`Stopped by ${name}`, "AbortError"));
  });
  const runtime = createRuntime({ fetch, clock, random, retry: { baseMs: 500 } });
  const inspector = await openInspection(runtime, options, io);
  const { signal } = stopping;
  try {
    let isExpected = await playRound({ runtime, clock, signal, round: 1 }, io);
    // With somebody watching there is something to see until they have seen enough.
    for (let round = 2; inspector; round++) {
      io.stderr.write(`once more, round ${round}; Ctrl-C ends\n`);
      isExpected = await playRound({ runtime, clock, signal, round }, io) && isExpected;
    }
    return isExpected ? 0 : 1;
  } catch (reason) {
    if (heard === undefined) throw reason;
    return codeOfSignal(heard);
  } finally {
    unlisten();
    await inspector?.close();
    await runtime.dispose();
  }
}

/** Plays every scenario once, on servers of its own. Returns whether all ended as they should. */
async function playRound(stage: Omit<Stage, "display">, io: CliIo): Promise<boolean> {
  const servers: LoopbackServer[] = [];
  try {
    const scenes: Scene[] = [];
    for (const { title: provider, createHandler, scenarios } of demoProviders) {
      const server = await serveLoopback(createHandler(io.clock));
      servers.push(server);
      io.stderr.write(`${provider}, emulated at ${server.url}\n`);
      for (const scenario of scenarios(server.url)) {
        scenes.push({ ...scenario, provider, label: scenario.name });
      }
    }
    io.stderr.write("\n");
    return await playAll(scenes, stage, io);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

/** A scenario on stage. */
type Scene = DemoScenario & OperationName;

async function playAll(
  scenes: readonly Scene[],
  stage: Omit<Stage, "display">,
  io: CliIo,
): Promise<boolean> {
  const { stdout, env } = io;
  const display = createDisplay(io, scenes);
  try {
    const results = await Promise.all(
      scenes.map((scene) => play(scene, { ...stage, display })),
    );
    display.close({ clear: true });
    const width = stdout.columns || 80;
    stdout.write(resultsText(results, { width, paint: createPaint(stdout, env) }));
    return results.every(({ isExpected }) => isExpected);
  } finally {
    display.close();
  }
}

interface Stage {
  readonly runtime: Runtime;
  readonly display: Display;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The first is 1. */
  readonly round: number;
}

async function play(scene: Scene, stage: Stage): Promise<DemoResult> {
  const { runtime, display, clock, signal, round } = stage;
  const { provider, label, operation, start, cancelAfterMs, expected, expectedCode } = scene;
  const handle: OperationHandle = runtime.start(operation, {
    ...start,
    id: `${operation.provider}: ${label}${round > 1 ? ` #${round}` : ""}`,
    signal,
  });
  display.follow({ provider, label }, handle);
  const overcame = noteTrouble(handle);
  const timer = cancelAfterMs === undefined
    ? undefined
    : clock.setTimeout(() => handle.send({ type: "cancel" }), cancelAfterMs);
  let outcome: Outcome;
  try {
    outcome = await handle.outcome();
  } finally {
    if (timer !== undefined) clock.clearTimeout(timer);
  }
  const code = outcome.kind === "succeeded" ? undefined : outcome.error.code;
  return {
    provider,
    label,
    outcome,
    overcame,
    isExpected: outcome.kind === expected && code === expectedCode,
  };
}
