/**
 * The URLs that Azure's replies name: resolved, completed, and refused where
 * nobody should follow them.
 *
 * @module
 */
import { isDowngrade, originOf, resolveUrl } from "../../runtime/url.ts";
import type { AzureInput } from "./input.ts";

/** A URL that may be asked, or why not. */
export type PollingUrl = { readonly url: string } | { readonly problem: string };

/**
 * Makes a URL of what a reply names.
 *
 * @param reference Absolute, or relative to the first request; with `{placeholders}` or without.
 * @param input The first request, and what the caller allows.
 */
export function pollingUrl(reference: string, input: AzureInput): PollingUrl {
  const { request, repeatQuery = [], allowedOrigins = [] } = input;
  const filled = fillPlaceholders(reference, input.pathFormatArguments);
  if ("problem" in filled) return filled;
  const href = resolveUrl(filled.url, request.url);
  if (href === undefined) return { problem: "the URL it names is none" };
  const [home, origin] = [originOf(request.url), originOf(href)];
  if (isDowngrade(home, href)) {
    return { problem: `the URL it names is on ${origin}, without encryption, and ${home} was not` };
  }
  if (origin !== home && !allowedOrigins.includes(origin)) {
    return {
      problem: `the URL it names is on ${origin} and the request was on ${home}; ` +
        "allowedOrigins permits it",
    };
  }
  return { url: repeat(repeatQuery, { from: request.url, to: href }) };
}

function fillPlaceholders(
  reference: string,
  values: Readonly<Record<string, string>> = {},
): PollingUrl {
  let missing: string | undefined;
  const url = reference.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    if (Object.hasOwn(values, name)) return values[name]!;
    missing ??= name;
    return placeholder;
  });
  return missing === undefined
    ? { url }
    : { problem: `the URL it names needs pathFormatArguments.${missing}` };
}

/** Copies query parameters; what is there is left exactly as it is, for it may be signed. */
function repeat(
  names: readonly string[],
  { from, to }: { readonly from: string; readonly to: string },
): string {
  if (names.length === 0) return to;
  const url = new URL(to);
  const present = new Set([...url.searchParams.keys()].map((name) => name.toLowerCase()));
  const first = new URL(from).searchParams;
  for (const name of names) {
    const value = first.get(name);
    if (value === null || present.has(name.toLowerCase())) continue;
    const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    url.search = url.search === "" ? pair : `${url.search}&${pair}`;
  }
  return url.href;
}
