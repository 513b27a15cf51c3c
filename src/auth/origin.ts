/**
 * The origins that credentials are bound to.
 *
 * @module
 */
import { redactUrl } from "../model/redact.ts";

/** Labels of a host name, or an address: no wildcards, and nothing empty between dots. */
const HOST =
  /^(?:\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?)$/;

/**
 * An origin, as `URL` writes it.
 *
 * @throws {TypeError} If it is no http origin: a wildcard, for instance, would be bound to nothing.
 */
export function checkOrigin(origin: unknown): string {
  const url = typeof origin === "string" && URL.canParse(origin) ? new URL(origin) : undefined;
  const isOrigin = url && /^https?:$/.test(url.protocol) && HOST.test(url.hostname) &&
    url.username === "" && url.password === "" && url.pathname + url.search + url.hash === "/";
  if (isOrigin) return url.origin;
  throw new TypeError(
    `Cannot authorize: an origin must be such as "https://api.example.com", got ${
      JSON.stringify(typeof origin === "string" ? redactUrl(origin) : origin)
    }`,
  );
}
