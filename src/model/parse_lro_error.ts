/**
 * From JSON to the error that was written.
 *
 * @module
 */
import { isRecord } from "./check_input.ts";
import { type AnyLroError, createLroError, errorClasses } from "./errors.ts";
import type { LroErrorFields } from "./lro_error.ts";
import type { LroErrorCode } from "./error_json.ts";

/**
 * Makes an error again from what `JSON.stringify(error)` wrote.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseLroError, ProtocolError } from "@lro/machines";
 *
 * const error = new ProtocolError("Cannot read reply: no status", {
 *   provider: "elasticio", operationId: "1", polls: 2, requests: 3, elapsedMs: 40,
 * });
 * const again = parseLroError(JSON.parse(JSON.stringify(error)));
 * assertEquals(again instanceof ProtocolError, true);
 * assertEquals(again.polls, 2);
 * ```
 *
 * @param json The parsed JSON, or its text.
 * @returns An instance of the class that `code` names.
 * @throws {TypeError} If it is not an error of ours.
 */
export function parseLroError(json: unknown): AnyLroError {
  const data = typeof json === "string" ? parseJson(json) : json;
  const code = isRecord(data) ? data.code : undefined;
  if (!isRecord(data) || !isErrorCode(code)) {
    throw new TypeError(
      `Cannot read error: expected a code of ${Object.keys(errorClasses).join(", ")}, got ${
        JSON.stringify(code)
      }`,
    );
  }
  if (typeof data.message !== "string" || typeof data.provider !== "string") {
    throw new TypeError("Cannot read error: message and provider must be strings");
  }
  const { message, cause, ...fields } = data;
  return createLroError(code, message as string, {
    ...(fields as unknown as LroErrorFields),
    ...(cause !== undefined && { cause: reviveCause(cause) }),
  });
}

function isErrorCode(code: unknown): code is LroErrorCode {
  return typeof code === "string" && Object.hasOwn(errorClasses, code);
}

function reviveCause(cause: unknown): unknown {
  if (!isRecord(cause) || typeof cause.message !== "string") return cause;
  if (isErrorCode(cause.code)) return parseLroError(cause);
  const error = new Error(
    cause.message,
    cause.cause === undefined ? undefined : { cause: reviveCause(cause.cause) },
  );
  if (typeof cause.name === "string") error.name = cause.name;
  if (typeof cause.code === "string") Object.assign(error, { code: cause.code });
  return error;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TypeError("Cannot read error: it is not JSON", { cause });
  }
}
