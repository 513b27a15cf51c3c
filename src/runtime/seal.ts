/**
 * Sealed tokens. Whoever restores a token sends what it says, with the
 * credentials of the process: where tokens pass through other hands, a seal
 * proves that nobody wrote or changed them (HMAC with SHA-256, RFC 2104).
 *
 * @module
 */
import { encodeToken, parseToken } from "./engine/token.ts";
import type { ResumeToken } from "../model/token.ts";

/** A key shorter than this could be guessed, in bytes. */
const SHORTEST_KEY = 16;

/**
 * Writes a token with a seal, as one word of letters, digits, `-`, `_` and a dot.
 * The token itself stays readable.
 *
 * @example Usage
 * ```ts
 * import { createRuntime, elasticio, openToken, sealToken } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * await using runtime = createRuntime({ fetch: () => new Promise(() => {}) });
 * const handle = runtime.start(elasticio.poll({ executionId: "1" }));
 * handle.outcome().catch(() => {}); // the runtime is disposed first
 * const sealed = await sealToken(handle.token(), "a key of 16 bytes or more");
 * const token = await openToken(sealed, "a key of 16 bytes or more");
 * assertEquals(token.id, handle.id);
 * ```
 *
 * @param key A secret of 16 bytes or more: bytes, or a text that is taken as UTF-8.
 * @throws {TypeError} If the key is neither, or too short.
 */
export async function sealToken(token: ResumeToken, key: string | Uint8Array): Promise<string> {
  const body = encodeToken(token);
  const seal = await crypto.subtle.sign("HMAC", await importKey(key, "seal"), bytesOf(body));
  return `${body}.${toBase64(new Uint8Array(seal))}`;
}

/**
 * Reads what {@linkcode sealToken} wrote. The seal is checked before anything of
 * the token is read.
 *
 * @param key The key that it was sealed with.
 * @throws {TypeError} If the text has no seal, one of another key, or was changed; or if the key is too short.
 */
export async function openToken(text: string, key: string | Uint8Array): Promise<ResumeToken> {
  const imported = await importKey(key, "open");
  const [body = "", seal, ...rest] = typeof text === "string" ? text.trim().split(".") : [];
  const mac = seal === undefined || rest.length > 0 ? undefined : fromBase64(seal);
  const isGenuine = mac !== undefined &&
    await crypto.subtle.verify("HMAC", imported, mac, bytesOf(body));
  if (isGenuine) return parseToken(body);
  throw new TypeError(
    "Cannot open token: its seal does not fit, expected what sealToken wrote with the same key",
  );
}

async function importKey(key: unknown, doing: string): Promise<CryptoKey> {
  const bytes = typeof key === "string" ? bytesOf(key) : key;
  if (!(bytes instanceof Uint8Array) || bytes.byteLength < SHORTEST_KEY) {
    throw new TypeError(
      `Cannot ${doing} token: the key must be a text or bytes, ${SHORTEST_KEY} bytes or more`,
    );
  }
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return await crypto.subtle.importKey("raw", new Uint8Array(bytes), algorithm, false, [
    "sign",
    "verify",
  ]);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]{43}$/.test(text)) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : undefined; // no second spelling of the same seal
}
