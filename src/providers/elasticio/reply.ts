/**
 * What there is to read in a reply of elastic.io.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Failure } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { resolveUrl } from "../../model/url.ts";

/** Where a reply leads; a URL with credentials of its own leads nowhere. */
export function locationOf(reply: Reply, base: string): string | undefined {
  const location = reply.headers["location"];
  const url = location === undefined ? undefined : resolveUrl(location, base);
  if (url === undefined) return undefined;
  const { username, password } = new URL(url);
  return username === "" && password === "" ? url : undefined;
}

/** Whether two URLs name the same, but for a fragment or a slash at the end. */
export function isSameResource(a: string, b: string): boolean {
  return bare(a) === bare(b);
}

function bare(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname.replace(/\/+$/, "")}${search}`;
}

/** The id of an execution, by its polling URL: what `elasticio.poll` takes. */
export function idIn(pollUrl: string): { readonly executionId?: string } {
  const [, id] = /\/exec\/poll\/([^/?#]+)/.exec(pollUrl) ?? [];
  try {
    return id === undefined ? {} : { executionId: decodeURIComponent(id) };
  } catch { // not encoded as URLs are: the URL has to do
    return {};
  }
}

/** How far v2 says that it is. The `message` of v1 says only that it is not ready, every time. */
export function progressIn(body: unknown): string | undefined {
  const data = isRecord(body) && isRecord(body["data"]) ? body["data"] : {};
  const attributes = isRecord(data["attributes"]) ? data["attributes"] : {};
  return typeof attributes["status"] === "string" ? attributes["status"] : undefined;
}

function messageOf(body: unknown): string | undefined {
  if (typeof body === "string") return body;
  if (!isRecord(body)) return undefined;
  if (typeof body["message"] === "string") return body["message"];
  const { title, detail } = firstError(body);
  const words = [title, detail].filter((text) => typeof text === "string" && text !== "");
  return words.length === 0 ? undefined : [...new Set(words)].join(": ");
}

/** The provider's own code, its words and its whole account. */
export function detailsOf(reply: Reply): Partial<Failure> {
  const { status, body } = reply;
  const providerMessage = messageOf(body);
  const { code } = firstError(body);
  const isCode = typeof code === "string" || typeof code === "number";
  return {
    providerCode: String(isCode ? code : status),
    ...(providerMessage !== undefined && { providerMessage }),
    ...(body !== undefined && { details: body }),
  };
}

/** The first of the errors of a JSON:API document. */
function firstError(body: unknown): Readonly<Record<string, unknown>> {
  const errors = isRecord(body) ? body["errors"] : undefined;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isRecord(first) ? first : {};
}

/** Any other 400 is a gateway's: it says nothing of the execution. */
export function isRejection(body: unknown): body is { readonly reason?: unknown } {
  if (!isRecord(body)) return false;
  return body["reason"] !== undefined || /^rejected\.?$/i.test(messageOf(body) ?? "");
}
