/**
 * `lro demo`: many operations at once, against emulated providers over real
 * HTTP.
 *
 * @module
 */
import type { Command } from "commander";
import type { Outcome } from "../../operation.ts";
import type { OperationHandle } from "../../runtime/operation_handle.ts";
import { createRuntime, type Runtime } from "../../runtime/runtime.ts";
import type { Clock } from "../../services.ts";
import { type LoopbackServer, serveLoopback } from "../../testing/mod.ts";
import { demoProviders } from "../demo/mod.ts";
import { type DemoResult, resultsText } from "../demo/results.ts";
import type { DemoScenario } from "../demo/scenario.ts";
import { createDisplay, type Display, type OperationName } from "../display/display.ts";
import { codeOfSignal } from "../exit_code.ts";
import type { CliIo, CliSignal } from "../io.ts";
import { createPaint } from "../paint.ts";
import type { CommandContext } from "./context.ts";

/** Adds the command. */
export function addDemo(
  program: Command,
  { io, finish }: CommandContext,
): void {
  program.command("demo")
    .summary("watch many operations run against emulated providers")
    .description(
      "Runs several operations to their end, over real HTTP, against emulated providers on the " +
        "loopback interface. Needs no account. Exits with 0 if every one ended as it should.",
    )
    .action(async () => finish(await run(io)));
}

async function run(io: CliIo): Promise<number> {
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
    return await playAll(scenes, io);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

/** A scenario on stage. */
type Scene = DemoScenario & OperationName;

async function playAll(
  scenes: readonly Scene[],
  io: CliIo,
): Promise<number> {
  const { clock, fetch, random, stdout, env } = io;
  const stopping = new AbortController();
  let heard: CliSignal | undefined;
  const unlisten = io.onSignal((name) => {
    heard = name;
    stopping.abort(new DOMException(`Stopped by ${name}`, "AbortError"));
  });
  const display = createDisplay(io, scenes);
  const runtime = createRuntime({
    fetch,
    clock,
    random,
    retry: { baseMs: 500 },
  });
  const stage: Stage = { runtime, display, clock, signal: stopping.signal };
  try {
    const results = await Promise.all(
      scenes.map((scene) => play(scene, stage)),
    );
    display.close({ clear: true });
    const width = stdout.columns || 80;
    stdout.write(
      resultsText(results, { width, paint: createPaint(stdout, env) }),
    );
    return results.every(({ isExpected }) => isExpected) ? 0 : 1;
  } catch (reason) {
    if (heard === undefined) throw reason;
    return codeOfSignal(heard);
  } finally {
    display.close();
    unlisten();
    await runtime.dispose();
  }
}

interface Stage {
  readonly runtime: Runtime;
  readonly display: Display;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function play(scene: Scene, stage: Stage): Promise<DemoResult> {
  const { runtime, display, clock, signal } = stage;
  const { provider, label, operation, start, cancelAfterMs, expected, expectedCode } = scene;
  const handle: OperationHandle = runtime.start(operation, {
    ...start,
    signal,
  });
  display.follow({ provider, label }, handle);
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
    isExpected: outcome.kind === expected && code === expectedCode,
  };
}
