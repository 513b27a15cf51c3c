/**
 * The two things that the page may ask for: cancel, and poll now.
 *
 * @module
 */
import type { JsonValue } from "../model/message.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Refusal } from "./serve/gate.ts";
import type { WireCommand } from "./wire/wire.ts";

/** The largest command, in bytes: the ids of some ten thousand operations. */
const MAX_BYTES = 512 * 1_024;
const COMMANDS: ReadonlySet<unknown> = new Set<WireCommand>(["cancel", "pollNow"]);

/** A command that was understood. */
export interface Command {
  /** What to do. */
  readonly type: WireCommand;
  /** To which operations. */
  readonly ids: readonly string[];
}

/** Reads a command from a request's body. */
export async function readCommand(request: Request): Promise<Command | Refusal> {
  const text = await readText(request);
  if (text === undefined) {
    return { status: 413, reason: `Commands have ${MAX_BYTES} bytes at most` };
  }
  let body: JsonValue;
  try {
    body = JSON.parse(text);
  } catch {
    return { status: 400, reason: "The command is not JSON" };
  }
  const { type, ids } = (typeof body === "object" && body !== null ? body : {}) as {
    readonly type?: unknown;
    readonly ids?: unknown;
  };
  if (!COMMANDS.has(type)) return { status: 400, reason: "Unknown command" };
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string")) {
    return { status: 400, reason: "The command names no operations" };
  }
  return { type: type as WireCommand, ids };
}

/**
 * Carries a command out.
 *
 * @returns How many operations took it; those that have ended do not.
 */
export function obey(runtime: Runtime, { type, ids }: Command): number {
  let count = 0;
  for (const id of ids) {
    const handle = runtime.get(id);
    if (!handle || handle.snapshot.status !== "active") continue;
    handle.send({ type });
    count++;
  }
  return count;
}

/** The body, unless it is too large. */
async function readText({ headers, body }: Request): Promise<string | undefined> {
  if (Number(headers.get("content-length") ?? 0) > MAX_BYTES) return undefined;
  if (!body) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
