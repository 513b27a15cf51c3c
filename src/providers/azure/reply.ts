/**
 * What Azure's replies hold: states, errors, results.
 *
 * @module
 */
import { describe, isRecord } from "../../model/check_input.ts";
import type { Failure, Progress, Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { describeReply, nonsense, succeeded } from "../../model/verdicts.ts";
import type { AzureInput } from "./input.ts";

/** The statuses that are an answer; all others are a refusal, or nonsense. */
export function isAnswer(status: number): boolean {
  return status === 200 || status === 202 || status === 201 || status === 204;
}

/** A header's text; one without any is none. */
export function headerOf(reply: Reply, name: string): string | undefined {
  const text = reply.headers[name];
  return text === undefined || text.trim() === "" ? undefined : text;
}

/** `status` of a monitor's body; that of QnA Maker calls it `operationState`. */
export function monitorStatus(body: unknown): string | undefined {
  return isRecord(body) ? textOf(body["status"]) ?? textOf(body["operationState"]) : undefined;
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

/** All that a monitor says without telling of anything else. */
const OF_MONITORS: ReadonlySet<string> = new Set([
  "status",
  "percentComplete",
  "startTime",
  "endTime",
  "error",
]);

/** The status of a body that is a monitor's and cannot be a resource: it says nothing else. */
export function statusAlone(body: unknown): string | undefined {
  const word = monitorStatus(body);
  if (word === undefined) return undefined;
  return Object.keys(body as object).every((name) => OF_MONITORS.has(name)) ? word : undefined;
}

/** `percentComplete` of a monitor's body, as progress; Microsoft Graph has `percentageComplete`. */
export function progressOf(body: unknown): Progress | undefined {
  if (!isRecord(body)) return undefined;
  const percent = body["percentComplete"] ?? body["percentageComplete"];
  return typeof percent === "number" && percent >= 0 && percent <= 100 ? { percent } : undefined;
}

/**
 * A reply's body as the result. A text is none, unless the caller said that
 * results are: pages of gateways and of sign-ins come with a 200 too, and so
 * does JSON that was cut short.
 */
export function resultOf(reply: Reply, { resultType }: AzureInput): Verdict {
  const { body } = reply;
  if (resultType === "text" || !isPlainText(reply)) return succeeded(body);
  return nonsense(
    `Cannot read result of operation: expected JSON, got ${describe(body)}; ` +
      'resultType: "text" permits it',
    accountOf(reply),
  );
}

/** Whether a body is a text as it came, and not a text that JSON holds. */
function isPlainText({ body, headers }: Reply): boolean {
  return typeof body === "string" && !/[/+]json\b/i.test(headers["content-type"] ?? "");
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

/** Whether a body has an error object of its own. */
export function hasError(body: unknown): boolean {
  return isRecord(body) && envelopedError(body) !== undefined;
}

type ErrorObject = Readonly<Record<string, unknown>>;

function errorIn(body: unknown): ErrorObject | undefined {
  if (!isRecord(body)) return undefined;
  const error = envelopedError(body);
  if (error !== undefined) return error;
  return codeOf(body) !== undefined || textOf(body["message"]) !== undefined ? body : undefined;
}

/** In `error`, in that of `properties`, or as QnA Maker has it in `errorResponse`. */
function envelopedError({ error, properties, errorResponse }: ErrorObject) {
  if (isRecord(error)) return error;
  if (isRecord(properties) && isRecord(properties["error"])) return properties["error"];
  return isRecord(errorResponse) && isRecord(errorResponse["error"])
    ? errorResponse["error"]
    : undefined;
}

/** `code`; Fabric has `errorCode`. */
function codeOf(error: ErrorObject): string | undefined {
  const code = error["code"] ?? error["errorCode"];
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

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
