/**
 * What Azure's replies hold: status words, errors, URLs.
 *
 * @module
 */
import { isRecord } from "../../check_input.ts";
import type { Failure, Reply, Verdict } from "../../operation.ts";
import { originOf, resolveUrl } from "../../runtime/url.ts";
import { describeReply } from "../../verdicts.ts";
import type { AzureInput } from "./input.ts";

/** What a status word means. Every word that is not final keeps polling (ARM RPC, "Asynchronous operations"). */
export type Ending = "succeeded" | "failed" | "canceled" | undefined;

/** Reads a status word, in any case. */
export function endingOf(word: string): Ending {
  switch (word.toLowerCase()) {
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

/** `properties.provisioningState` of a resource, or the top-level one. */
export function provisioningState(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const { properties } = body;
  const inner = isRecord(properties) ? textOf(properties["provisioningState"]) : undefined;
  return inner ?? textOf(body["provisioningState"]);
}

/** `percentComplete` of a monitor's body, as progress. */
export function progressOf(body: unknown): Pick<Verdict, "progress"> {
  const percent = isRecord(body) ? body["percentComplete"] : undefined;
  return typeof percent === "number" && percent >= 0 && percent <= 100
    ? { progress: { percent } }
    : {};
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

/** An error in a few words: `HTTP 400 "(Code) message"`. */
export function describeError(reply: Reply): string {
  const { providerCode, providerMessage } = accountOf(reply);
  const text = [providerCode && `(${providerCode})`, providerMessage].filter(Boolean).join(" ");
  return describeReply(reply, text || undefined);
}

/** A URL that a reply names, resolved, completed and checked; or why it cannot be used. */
export function pollingUrl(
  reference: string,
  input: AzureInput,
): { readonly url: string } | { readonly problem: string } {
  const { request, pathFormatArguments = {}, repeatQuery = [], allowedOrigins = [] } = input;
  let missing: string | undefined;
  const filled = reference.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = Object.hasOwn(pathFormatArguments, name) ? pathFormatArguments[name] : undefined;
    if (value === undefined) missing ??= name;
    return value ?? placeholder;
  });
  if (missing !== undefined) {
    return { problem: `the URL it names needs pathFormatArguments.${missing}` };
  }
  const href = resolveUrl(filled, request.url);
  if (href === undefined) return { problem: "the URL it names is none" };
  const home = originOf(request.url);
  const origin = originOf(href);
  if (origin !== home && !allowedOrigins.includes(origin)) {
    return {
      problem:
        `the URL it names is on ${origin} and the request was on ${home}; allowedOrigins permits it`,
    };
  }
  const url = new URL(href);
  const first = new URL(request.url).searchParams;
  for (const name of repeatQuery) {
    const value = first.get(name);
    if (value !== null && !url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return { url: url.href };
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
