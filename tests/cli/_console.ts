/** The command in a glass box: its streams, its time and its provider in hand. */
import { type CliIo, type CliSignal, main } from "@lro/machines/cli";
import {
  createElasticioEmulator,
  createVirtualClock,
  type ElasticioEmulator,
  type ElasticioEmulatorOptions,
} from "@lro/machines/testing";

/** What one run of the command left behind. */
export interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode run}; what is not given is the same for every run. */
export interface RunOptions extends Partial<CliIo> {
  readonly stdin?: string;
  /** Whether somebody looks, and how wide the terminal is. */
  readonly terminal?: number;
  /** Sends this signal once the standard error stream holds a text. */
  readonly signalAt?: readonly [text: string, signal: CliSignal];
}

/** Runs the command in virtual time, without a journal unless `args` ask for one. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { stdin = "", terminal, signalAt, ...given } = options;
  const clock = createVirtualClock({ startMs: 1_800_000_000_000 });
  let hear: ((signal: CliSignal) => void) | undefined;
  const stdout: string[] = [];
  const stderr: string[] = [];
  const tty = terminal === undefined ? {} : { isTTY: true, columns: terminal };
  const io: Partial<CliIo> = {
    stdout: { write: (text) => stdout.push(text) },
    stderr: {
      ...tty,
      write(text) {
        stderr.push(text);
        if (signalAt && stderr.join("").includes(signalAt[0])) hear?.(signalAt[1]);
      },
    },
    env: {},
    readStdin: () => Promise.resolve(stdin),
    clock,
    random: () => 0,
    onSignal(listener) {
      hear = listener;
      return () => hear = undefined;
    },
    ...given,
  };
  const running = main(args, io);
  const exitCode = given.clock ? await running : await clock.runUntil(running);
  return { exitCode, stdout: stdout.join(""), stderr: stderr.join("") };
}

/** A provider and a command that waits for it, on one virtual clock. */
export interface Stage {
  readonly emulator: ElasticioEmulator;
  /** `lro wait` for an execution. */
  wait(args?: readonly string[], options?: RunOptions): Promise<Run>;
  /** Any other command. */
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
}

/** The arguments of an execution at the emulator. */
export const EXECUTION: readonly string[] = [
  "--base-url",
  "http://127.0.0.1:1",
  "--type",
  "get_meta_model",
  "--component",
  "petstore",
  "--action-or-trigger",
  "getPet",
  "--account-id",
  "1",
];

/** Sets up an emulator; time is virtual. */
export function createStage(options: ElasticioEmulatorOptions = {}): Stage {
  const clock = createVirtualClock({ startMs: 1_800_000_000_000 });
  const emulator = createElasticioEmulator({ clock, ...options });
  const play = (args: readonly string[], given: RunOptions = {}): Promise<Run> =>
    clock.runUntil(run(args, { clock, fetch: emulator.fetch, ...given }));
  return {
    emulator,
    run: play,
    wait: (args, given) =>
      play(["wait", "elasticio", ...EXECUTION, "--no-store", ...args ?? []], given),
  };
}

/**
 * The same in real time, for what has to do with files, which virtual time does
 * not wait for. Nothing sleeps longer than a millisecond.
 */
export function createFileStage(
  directory: string,
  options: ElasticioEmulatorOptions = {},
): Stage {
  const emulator = createElasticioEmulator(options);
  const { clock } = realTime;
  const play = (args: readonly string[], given: RunOptions = {}): Promise<Run> =>
    run(args, { clock, fetch: emulator.fetch, env: { XDG_STATE_HOME: directory }, ...given });
  return {
    emulator,
    run: play,
    wait: (args, given) =>
      play(["wait", "elasticio", ...EXECUTION, "--schedule", "fixed:1ms", ...args ?? []], given),
  };
}

const realTime = {
  clock: {
    now: () => Date.now(),
    setTimeout: (fn: () => void, ms: number): unknown => setTimeout(fn, ms),
    clearTimeout: (id: unknown) => clearTimeout(id as number),
  },
};

/** The token that a run printed. */
export function tokenIn(stderr: string): string {
  return /^lro resume (\S+)/m.exec(stderr)?.[1] ?? "";
}

/** Makes a directory that is gone after the test. */
export async function withDirectory(
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "lro-cli-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
