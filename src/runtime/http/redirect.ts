/**
 * Redirects that no protocol reads itself. They never carry credentials, or
 * anything but a question, to another origin (RFC 9110, 15.4).
 *
 * @module
 */
import type { Call, Reply } from "../../model/message.ts";
import { safeHeaders } from "../../model/redact.ts";
import { isDowngrade, originOf, resolveUrl } from "../../model/url.ts";

const MAX_REDIRECTS = 5;

/**
 * Where a redirect leads.
 *
 * @param options How many redirects there were before, and which other origins may answer.
 * @returns The next call, why there is none, or `undefined` where the reply is no redirect to follow.
 */
export function followRedirect(
  call: Call,
  { status, headers: { location } }: Reply,
  { earlier, mayLeadTo }: {
    readonly earlier: number;
    readonly mayLeadTo: (origin: string) => boolean;
  },
): Call | { readonly refusal: string } | undefined {
  const { method, url, headers, body } = call;
  const isQuestion = method === "GET" || method === "HEAD";
  const keepsMethod = status === 307 || status === 308;
  if (!isRedirect(status) || location === undefined || !(isQuestion || keepsMethod)) {
    return undefined;
  }
  const target = resolveUrl(location, url);
  if (target === undefined) return { refusal: "it is not an http URL" };
  if (isDowngrade(url, target)) return { refusal: "it leads from https to http" };
  const staysHome = originOf(target) === originOf(url);
  if (!staysHome && !isQuestion) return { refusal: `it would carry a ${method} to another origin` };
  if (!staysHome && !mayLeadTo(originOf(target))) {
    return { refusal: `it leads to ${originOf(target)}, whose answers are not taken` };
  }
  if (earlier >= MAX_REDIRECTS) return { refusal: `there were ${MAX_REDIRECTS} before it` };
  return {
    method,
    url: target,
    ...(headers && { headers: staysHome ? headers : safeHeaders(headers) }),
    ...(body !== undefined && { body }),
  };
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 ||
    status === 307 || status === 308;
}
