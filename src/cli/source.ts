/**
 * Values that may be given in place, in a file (`@file`), or on the standard
 * input (`-`).
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import type { JsonValue } from "../model/message.ts";
import type { CliIo } from "./io.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Reads the text that an argument stands for.
 *
 * @param what The argument's name, for the error text.
 * @throws {UsageError} If the file cannot be read.
 */
export async function readSource(
  argument: string,
  what: string,
  io: Pick<CliIo, "readStdin">,
): Promise<string> {
  if (argument === "-") return await io.readStdin();
  if (!argument.startsWith("@")) return argument;
  return await readText(argument.slice(1), what);
}

/**
 * Reads a JSON object in the same way.
 *
 * @throws {UsageError} If it is not one; the text itself, which may be secret, is not repeated.
 */
export async function readJsonObject(
  argument: string,
  what: string,
  io: Pick<CliIo, "readStdin">,
): Promise<Record<string, unknown>> {
  return parseJsonObject(await readSource(argument, what, io), what);
}

/**
 * Reads any JSON in the same way.
 *
 * @throws {UsageError} If it is none; the text itself, which may be secret, is not repeated.
 */
export async function readJson(
  argument: string,
  what: string,
  io: Pick<CliIo, "readStdin">,
): Promise<JsonValue> {
  return parseJson(await readSource(argument, what, io), what);
}

/**
 * Reads a file.
 *
 * @throws {UsageError} If that cannot be done.
 */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    throw new UsageError(
      `Cannot read ${what}: file ${path}: ${String(code ?? cause)}`,
      { cause },
    );
  }
}

/**
 * Parses the text of a JSON object.
 *
 * @throws {UsageError} If it is not one; the text itself, which may be secret, is not repeated.
 */
export function parseJsonObject(
  text: string,
  what: string,
): Record<string, unknown> {
  const value = parseJson(text, what);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new UsageError(`Cannot read ${what}: expected a JSON object`);
}

function parseJson(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch (error) {
    const [where = ""] = / at position \d+/.exec((error as Error).message) ?? [];
    throw new UsageError(`Cannot read ${what}: it is not JSON${where}`); // no cause: it quotes the text
  }
}
