/**
 * What Azure's replies hold: status words and errors.
 *
 * @module
 */
import { isRecord } from "../../check_input.ts";
import type { Failure, Progress, Reply } from "../../operation.ts";
import { describeReply } from "../../verdicts.ts";

/** What a status word means. Every word that is not final keeps polling (ARM RPC, "Asynchronous operations"). */
export type Ending = "succeeded" | "failed" | "canceled";

/** Reads a status word, in any case. */
export function endingOf(word: string | undefined): Ending | undefined {
  switch (word?.toLowerCase()) {
    case "succeeded":
      return "succeeded";
    case "failed":
      return "failed";
    case "canceled":
    case "cancelled":
      return "canceled";
    default:
      return undefined;
  }
}

/** `status` of a monitor's body. */
export function monitorStatus(body: unknown): string | undefined {
  return isRecord(body) ? textOf(body["status"]) : undefined;
}

/**
 * `properties.provisioningState` of a resource, or the top-level one; as it is,
 * for it may be something else than a word.
 */
export function provisioningState(body: unknown): unknown {
  if (!isRecord(body)) return undefined;
  const { properties } = body;
  const inner = isRecord(properties) ? properties["provisioningState"] : undefined;
  return inner ?? body["provisioningState"] ?? undefined;
}

/** `percentComplete` of a monitor's body, as progress. */
export function progressOf(body: unknown): Progress | undefined {
  const percent = isRecord(body) ? body["percentComplete"] : undefined;
  return typeof percent === "number" && percent >= 0 && percent <= 100 ? { percent } : undefined;
}

/** What a reply says of an error, in the shape of OData v4 or without its envelope. */
export function accountOf(reply: Reply): Omit<Failure, "code" | "message"> {
  const error = errorIn(reply.body);
  if (error === undefined) {
    return reply.body === undefined ? {} : { details: reply.body };
  }
  const code = codeOf(error);
  const innermost = innermostCode(error);
  const message = textOf(error["message"]);
  return {
    ...(code !== undefined && { providerCode: code }),
    ...(message !== undefined && { providerMessage: message }),
    ...(innermost !== undefined && innermost !== code && { innermostCode: innermost }),
    details: error,
  };
}

/** What an account says in a few words: `(Code) message`. */
export function summarize(account: Pick<Failure, "providerCode" | "providerMessage">): string {
  const { providerCode, providerMessage } = account;
  return [providerCode && `(${providerCode})`, providerMessage].filter(Boolean).join(" ");
}

/** An error in a few words: `HTTP 400 "(Code) message"`. */
export function describeError(reply: Reply): string {
  return describeReply(reply, summarize(accountOf(reply)) || undefined);
}

type ErrorObject = Readonly<Record<string, unknown>>;

function errorIn(body: unknown): ErrorObject | undefined {
  if (!isRecord(body)) return undefined;
  const { error, properties } = body;
  if (isRecord(error)) return error;
  if (isRecord(properties) && isRecord(properties["error"])) return properties["error"];
  return codeOf(body) !== undefined || textOf(body["message"]) !== undefined ? body : undefined;
}

function codeOf({ code }: ErrorObject): string | undefined {
  return typeof code === "number" ? String(code) : textOf(code);
}

function innermostCode(error: ErrorObject): string | undefined {
  let code = codeOf(error);
  let inner: unknown = error["innererror"] ?? error["innerError"];
  for (let depth = 0; isRecord(inner) && depth < 32; depth++) {
    code = codeOf(inner) ?? code;
    inner = inner["innererror"] ?? inner["innerError"];
  }
  return code;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
