/**
 * URLs of calls and replies.
 *
 * @module
 */

/** The origin of an absolute URL, e.g. `"https://api.example.com"`, by its text alone. */
export function originOf(url: string): string {
  const start = url.indexOf("://") + 3;
  for (let index = start; index < url.length; index++) {
    const code = url.charCodeAt(index);
    if (code === SLASH || code === QUESTION_MARK || code === HASH) return url.slice(0, index);
  }
  return url;
}

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const HASH = 0x23;

/**
 * Resolves what a reply names, e.g. in `Location`, against the URL of the call.
 * Blanks and quotes around it are tolerated; an apostrophe at its end alone may
 * belong to it, as in OData.
 *
 * @returns The absolute URL, or `undefined` where the text is none.
 */
export function resolveUrl(reference: string, base: string): string | undefined {
  const text = reference.trim().replace(/^"+|"+$/g, "").replace(/^'(.*)'$/, "$1").trim();
  if (text === "" || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
}

/** Whether going from one URL to the next would give up encryption. */
export function isDowngrade(from: string, to: string): boolean {
  if (to.startsWith("https:")) return false;
  return /^https:/i.test(from) && /^http:/i.test(to);
}
