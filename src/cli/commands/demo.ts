/**
 * `lro demo`: many operations at once, against emulated providers over real
 * HTTP.
 *
 * @module
 */
import type { Command } from "commander";
import type { Outcome } from "../../operation.ts";
import type { OperationHandle } from "../../runtime/handle.ts";
import { createRuntime, type Runtime } from "../../runtime/runtime.ts";
import { serveLoopback } from "../../testing/mod.ts";
import { demoProviders } from "../demo/mod.ts";
import type { DemoProvider, DemoScenario } from "../demo/scenario.ts";
import { type DemoResult, resultsText } from "../demo/results.ts";
import { createDisplay, type Display } from "../display/display.ts";
import { codeOfSignal } from "../exit_code.ts";
import type { CliIo, CliSignal } from "../io.ts";
import { createPaint } from "../paint.ts";
import type { CommandContext } from "./context.ts";

/** Adds the command. */
export function addDemo(program: Command, { io, finish }: CommandContext): void {
  program.command("demo")
    .summary("watch many operations run against emulated providers")
    .description(
      "Runs several operations to their end, over real HTTP, against emulated providers on the " +
        "loopback interface. Needs no account. Exits with 0 if every one ended as it should.",
    )
    .action(async () => finish(await run(io)));
}

async function run(io: CliIo): Promise<number> {
  const { clock, fetch, random } = io;
  let signal: CliSignal | undefined;
  await using stack = new AsyncDisposableStack();
  const scenarios = (await Promise.all(demoProviders.map((each) => serve(each, { io, stack }))))
    .flat();
  const display = createDisplay(io, scenarios.map(({ name }) => name));
  stack.defer(() => display.close({ clear: true }));
  const retry = { baseMs: 500 };
  const runtime = stack.use(createRuntime({ fetch, clock, random, retry }));
  const stopping = new AbortController();
  stack.defer(io.onSignal((name) => {
    signal = name;
    stopping.abort(new DOMException(`Stopped by ${name}`, "AbortError"));
  }));
  const results = await Promise.all(scenarios.map((scenario) =>
    play(scenario, { runtime, display, io, signal: stopping.signal })
  )).catch((reason) => {
    if (signal === undefined) throw reason;
  });
  display.close({ clear: true });
  if (!results) return codeOfSignal(signal!);
  io.stdout.write(resultsText(results, {
    width: io.stdout.columns || 80,
    paint: createPaint(io.stdout, io.env),
  }));
  return results.every(({ isExpected }) => isExpected) ? 0 : 1;
}

/** Serves a provider's emulator for as long as the demo runs. */
async function serve(
  provider: DemoProvider,
  { io, stack }: { readonly io: CliIo; readonly stack: AsyncDisposableStack },
): Promise<readonly DemoScenario[]> {
  const server = stack.use(await serveLoopback(provider.createHandler(io.clock)));
  io.stderr.write(`${provider.title}, emulated at ${server.url}\n`);
  return provider.scenarios(server.url);
}

interface Stage {
  readonly runtime: Runtime;
  readonly display: Display;
  readonly io: CliIo;
  readonly signal: AbortSignal;
}

async function play(scenario: DemoScenario, stage: Stage): Promise<DemoResult> {
  const { runtime, display, io: { clock }, signal } = stage;
  const { name, operation, start, cancelAfterMs, expected, expectedCode } = scenario;
  const handle: OperationHandle = runtime.start(operation, { ...start, signal });
  display.follow(name, handle);
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
  return { name, outcome, isExpected: outcome.kind === expected && code === expectedCode };
}
