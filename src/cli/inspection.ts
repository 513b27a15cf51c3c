/**
 * `--inspect`: the inspector beside whatever a command waits for.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import type { Inspector } from "../inspector/mod.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { CliIo } from "./io.ts";

/** Values of the options. */
export interface InspectionOptions {
  /** Whether there is one. */
  readonly inspect?: boolean;
  /** Its port; any that is free where it is not given. */
  readonly inspectPort?: number;
  /** Whether its page may cancel and poll. */
  readonly allowActions?: boolean;
}

/** Adds the options to a command. */
export function addInspectionOptions(command: Command): Command {
  command.option("--inspect", "watch in a browser: prints a link that works once");
  return addInspectorOptions(command);
}

/** Adds those that say what the inspector is like. */
export function addInspectorOptions(command: Command): Command {
  return command
    .option("--inspect-port <port>", "the inspector's port on 127.0.0.1", parsePort)
    .option("--allow-actions", "let the inspector's page cancel operations and poll them at once");
}

/** Starts the inspector, if it is wanted, and prints its link. */
export async function openInspection(
  runtime: Runtime,
  { inspect = false, inspectPort, allowActions = false }: InspectionOptions,
  io: Pick<CliIo, "stderr">,
): Promise<Inspector | undefined> {
  if (!inspect) return undefined;
  // Its page is large, and mostly nobody wants it.
  const { createInspector } = await import("../inspector/mod.ts");
  const inspector = await createInspector(runtime, {
    allowActions,
    ...(inspectPort !== undefined && { port: inspectPort }),
  });
  io.stderr.write(`inspector: ${inspector.createLink()}\n`);
  return inspector;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port < 65_536) return port;
  throw new InvalidArgumentError("Expected a TCP port.");
}
