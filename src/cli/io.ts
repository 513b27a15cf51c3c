/**
 * The command's doors to the world, so that a test can hold all of them.
 *
 * @module
 */
import type { TextStream } from "./text_stream.ts";
import process from "node:process";
import { type Clock, systemServices } from "../services.ts";
import { systemStream } from "./system_stream.ts";

/** Signals that end the waiting; `SIGPIPE` stands for a standard output that nobody reads any more. */
export type CliSignal = "SIGINT" | "SIGTERM" | "SIGPIPE";

/** Everything the command needs from outside. */
export interface CliIo {
  /** Values, and nothing else. */
  readonly stdout: TextStream;
  /** Progress, errors and remarks. */
  readonly stderr: TextStream;
  /** Reads all of the standard input. */
  readonly readStdin: () => Promise<string>;
  /** Environment variables; looked up only when needed. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Time. */
  readonly clock: Clock;
  /** Sends one HTTP request. */
  readonly fetch: typeof globalThis.fetch;
  /** A number in `[0, 1)`, for jitter. */
  readonly random: () => number;
  /**
   * Listens for the first signal; a second one ends the process as if nobody
   * listened.
   *
   * @returns Stops listening.
   */
  readonly onSignal: (listener: (signal: CliSignal) => void) => () => void;
}

/** The process's own. */
export function systemIo(): CliIo {
  return {
    stdout: systemStream(process.stdout),
    stderr: systemStream(process.stderr),
    readStdin,
    env: process.env,
    ...systemServices,
    onSignal,
  };
}

async function readStdin(): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of process.stdin) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function onSignal(listener: (signal: CliSignal) => void): () => void {
  const onInterrupt = (): void => heard("SIGINT");
  const onTerminate = (): void => heard("SIGTERM");
  const stop = (): void => {
    process.removeListener("SIGINT", onInterrupt);
    process.removeListener("SIGTERM", onTerminate);
  };
  const heard = (signal: CliSignal): void => {
    stop();
    listener(signal);
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  return stop;
}
