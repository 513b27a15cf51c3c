/**
 * The URLs that Azure's replies name: resolved, completed, and refused where
 * nobody should follow them.
 *
 * @module
 */
import { isDowngrade, originOf, resolveUrl } from "../../model/url.ts";
import type { Call } from "../../model/message.ts";

/** What decides where polling URLs may be; see `AzureOptions` for what each field means. */
export interface PollingInput {
  /** The first request. */
  readonly request: Call;
  /** Query parameters that polling URLs get where they lack them. */
  readonly repeatQuery: readonly string[];
  /** Other origins on which they may be. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Whether they are asked at the origin of the first request. */
  readonly pollAtRequestOrigin?: boolean | undefined;
  /** What `{name}` stands for. */
  readonly pathFormatArguments?: Readonly<Record<string, string>> | undefined;
}

/** A URL that may be asked, or why not. */
export type PollingUrl = { readonly url: string } | { readonly problem: string };

/**
 * Makes a URL of what a reply names.
 *
 * @param reference Absolute, or relative to the first request; with `{placeholders}` or without.
 * @param input The first request, and what the caller allows.
 */
export function pollingUrl(reference: string, input: PollingInput): PollingUrl {
  const { request, repeatQuery, allowedOrigins = [], pollAtRequestOrigin } = input;
  const filled = fillPlaceholders(reference, input.pathFormatArguments);
  if ("problem" in filled) return filled;
  const href = resolveUrl(filled.url, request.url);
  if (href === undefined) return { problem: "the URL it names is none" };
  const home = originOf(request.url);
  if (pollAtRequestOrigin) {
    const { pathname, search } = new URL(href);
    return { url: repeat(repeatQuery, { from: request.url, to: home + pathname + search }) };
  }
  const origin = originOf(href);
  if (isDowngrade(home, href)) {
    return {
      problem: `the URL it names is on ${origin}, without encryption, and ${home} was not; ` +
        "behind a proxy that adds it, pollAtRequestOrigin asks there",
    };
  }
  if (origin !== home && !allowedOrigins.includes(origin)) {
    return {
      problem: `the URL it names is on ${origin} and the request was on ${home}; ` +
        "allowedOrigins permits it, and behind a gateway pollAtRequestOrigin asks that instead",
    };
  }
  if (hasUser(href)) return { problem: "the URL it names holds a user or a password" };
  return { url: repeat(repeatQuery, { from: request.url, to: href }) };
}

/** Whether a URL holds a user or a password, which must be written down nowhere. */
export function hasUser(url: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/*[^/?#]*@/i.test(url) || /^\/\/[^/?#]*@/.test(url);
}

function fillPlaceholders(
  reference: string,
  values: Readonly<Record<string, string>> | undefined,
): PollingUrl {
  let missing: string | undefined;
  const url = reference.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    if (values === undefined) return `%7B${name}%7D`; // then it is a part of the URL like any other
    if (Object.hasOwn(values, name)) return values[name]!;
    missing ??= name;
    return placeholder;
  });
  return missing === undefined
    ? { url }
    : { problem: `the URL it names needs pathFormatArguments.${missing}` };
}

/** Parameters that sign a URL: whatever is added to it may break it, or mean something else there. */
const SIGNATURE = /^(?:sig|signature|x-amz-signature|x-goog-signature)$/i;

/** Copies query parameters; what is there is left exactly as it is. */
function repeat(
  names: readonly string[],
  { from, to }: { readonly from: string; readonly to: string },
): string {
  if (names.length === 0 || !from.includes("?")) return to;
  const url = new URL(to);
  const present = new Set([...url.searchParams.keys()].map((name) => name.toLowerCase()));
  if ([...present].some((name) => SIGNATURE.test(name))) return to;
  const first = [...new URL(from).searchParams];
  for (const name of names) {
    const lowerCase = name.toLowerCase();
    const value = first.find(([other]) => other.toLowerCase() === lowerCase)?.[1];
    if (value === undefined || present.has(lowerCase)) continue;
    const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    url.search = url.search === "" ? pair : `${url.search}&${pair}`;
  }
  return url.href;
}
