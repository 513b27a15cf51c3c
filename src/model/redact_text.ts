/**
 * Hides what opens doors in running text: messages, URLs, bodies that are text.
 *
 * It works on texts that are about to be shown, never on what is sent.
 *
 * @module
 */
import { isSecretName, isSecretParameter } from "./secret_names.ts";

/** What is shown instead. */
export const HIDDEN = "[redacted]";

/** Most texts have nothing of this, and pass at once. */
const SUSPECT = /[=@:<"']|eyJ|\/p\/|%3d|bearer|basic|sharedkey|digest|-----BEGIN/i;

/** JSON web tokens (RFC 7519), also one that is cut short. */
const JWT = /\beyJ[\w-]{8,}\.(?:[\w-]{8,}\.[\w-]*|[\w-]*$)/g;
/** Private keys (RFC 7468), also one that is cut short. */
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g;
/** Links that are their own key: `/p/<key>/n/<namespace>/...`. */
const LINK_KEY = /\/p\/[^/\s"']{8,}(?=\/n\/)/g;
/** User information of a URL. */
const USER_INFO = /:\/\/[^\s/?#@"'<>\\]*(?:@[^\s/?#@"'<>\\]*)*@/g;
const PARAMETER = /([?&#])([^?=&#\s"'<>\\]{1,128})=[^&#\s"'<>\\]*/g;
/** `name=value`, also with the sign and the value encoded as part of a URL. */
const PAIR =
  /((?:\\{1,8}(?:u0026|[nrt]))?)([a-z_$][\w$.-]{1,63})(\s?=\s?|%3d)("[^"]*"?|'[^']*'?|[^\s&;,"'<>\\]+)/gi;
const XML = /<([\w:.-]{1,64})>([^<]{1,10000})<\//g;
/** A field of JSON or of something like it, which may itself be in a text of JSON. */
const QUOTED_NAME = /(\\{0,8}["'])([\w$. -]{1,64})\1\s{0,8}[:=]>?\s{0,8}/g;
/** `name: value` on a line, as in a header or in YAML. */
const LINE =
  /((?:\\{1,8}[nrt])?)([a-z][\w-]{1,63}):[ \t]{1,8}([^\s"'{[(\\][^\s,;"'\\]*)([^\r\n]*)/gi;

/** Hides user information and secret query values of the URLs in a text, whole and relative ones. */
export function redactUrl(text: string): string {
  return text
    .replace(USER_INFO, "://")
    .replace(
      PARAMETER,
      (pair, mark, name) => isSecretParameter(decode(name)) ? `${mark}${name}=${HIDDEN}` : pair,
    );
}

/** Hides authorization values, keys, and whatever stands under the name of a secret. */
export function redactPlain(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return redactLines(
    redactQuoted(
      redactUrl(
        text
          .replace(PRIVATE_KEY, HIDDEN)
          .replace(/\bBearer\s+[\w.~+/-]{8,}=*/gi, `Bearer ${HIDDEN}`)
          .replace(/\bBasic\s+(?=[a-z+/]*[A-Z0-9=])[\w+/]{6,}={0,2}/g, `Basic ${HIDDEN}`)
          .replace(/\bSharedKey(?:Lite)?\s+\S+/gi, `SharedKey ${HIDDEN}`)
          .replace(/\bDigest\s+\w+=[^\r\n]*/g, `Digest ${HIDDEN}`)
          .replace(/\bSignature version=.{0,2000}?signature="[^"]*"/gi, `Signature ${HIDDEN}`)
          .replace(JWT, HIDDEN)
          .replace(LINK_KEY, `/p/${HIDDEN}`),
      ).replace(PAIR, hidePair),
    ).replace(XML, (whole, name) => isSecretName(name) ? `<${name}>${HIDDEN}</` : whole),
  );
}

/** @param escaped A line break or `&` before the name, as JSON has it. */
function hidePair(
  pair: string,
  escaped: string,
  name: string,
  sign: string,
  value: string,
): string {
  const isSecret = name !== "key" && isSecretName(name) && !value.startsWith(HIDDEN);
  return isSecret ? `${escaped}${name}${sign}${HIDDEN}` : pair;
}

/** Hides the values of quoted names, to the quotation mark of the same depth. */
function redactQuoted(text: string): string {
  let shown = "";
  let end = 0;
  QUOTED_NAME.lastIndex = 0;
  for (let found; (found = QUOTED_NAME.exec(text)) !== null;) {
    const [{ length }, quote, name] = found as unknown as [string, string, string];
    const start = found.index + length;
    if (!isSecretName(name)) {
      QUOTED_NAME.lastIndex = found.index + quote.length + name.length; // it may be a value
      continue;
    }
    const stop = endOfValue(text, start, quote);
    if (stop === start) continue;
    const value = text.slice(start, stop);
    const mark = value.startsWith(quote) ? quote : "";
    shown += text.slice(end, start) +
      (/^(?:true|false|null)$/.test(value) ? value : `${mark}${HIDDEN}${mark}`);
    end = QUOTED_NAME.lastIndex = stop;
  }
  return shown + text.slice(end);
}

function endOfValue(text: string, start: number, quote: string): number {
  if (text.startsWith(quote, start)) {
    let at = start;
    do {
      at = text.indexOf(quote, at + quote.length);
    } while (at >= 0 && text[at - 1] === "\\"); // a quotation mark of the value's own
    const end = at < 0 ? text.length : at + quote.length;
    const lineEnd = text.slice(start, end).search(/[\r\n]/); // there is none in a text of JSON
    return lineEnd < 0 ? end : start + lineEnd;
  }
  if (/[{[]/.test(text[start] ?? "")) return text.length; // it is no JSON, so nobody knows where that ends
  const value = /[^\s,}\]]*/y;
  value.lastIndex = start;
  return start + value.exec(text)![0].length;
}

/** Hides values of headers, and of names that are more than a word of prose. */
function redactLines(text: string): string {
  if (!text.includes(": ") && !text.includes(":\t")) return text;
  return text.replace(LINE, (line, _escaped, name: string, value: string, rest: string) => {
    if (!isSecretName(name)) {
      return `${line.slice(0, line.length - rest.length)}${redactLines(rest)}`;
    }
    if (value.includes(HIDDEN) || rest.startsWith(` ${HIDDEN}`)) return line;
    const head = line.slice(0, line.length - rest.length - value.length);
    if (/cookie$/i.test(name)) return /=/.test(value) ? `${head}${HIDDEN}` : line;
    if (/authorization$/i.test(name)) {
      const [scheme = ""] = /^[ \t]+\S+/.exec(rest) ?? [];
      return looksSecret(value) || looksSecret(scheme.trim()) ? `${head}${HIDDEN}` : line;
    }
    const isName = /[_-]|[a-z][A-Z]/.test(name); // `root_pass: x`, and not `Wrong password: try again`
    return isName || looksSecret(value) ? `${head}${HIDDEN}${redactLines(rest)}` : line;
  });
}

/** Whether it is no word that a person would write. */
function looksSecret(value: string): boolean {
  return value.length >= 6 && /\d/.test(value) && /[a-z]/i.test(value) || value.length >= 20;
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
