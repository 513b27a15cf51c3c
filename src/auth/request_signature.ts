/**
 * HTTP signatures (draft-cavage-http-signatures): the text that is signed, and
 * the header that says so.
 *
 * @module
 */

/** One request, as far as it is signed. */
export interface SignedRequest {
  /** HTTP method. */
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  /** Headers; `host` is taken from the URL where it is not among them. */
  readonly headers: Headers;
}

/**
 * The text that is signed: a line for each name.
 *
 * @param names Header names, and `(request-target)`.
 * @throws {TypeError} If the request has no such header.
 */
export function signingText(request: SignedRequest, names: readonly string[]): string {
  const { pathname, search, host } = new URL(request.url);
  return names.map((name) => {
    const lower = name.toLowerCase();
    if (lower === "(request-target)") {
      return `${lower}: ${request.method.toLowerCase()} ${pathname}${search}`;
    }
    const value = request.headers.get(lower) ?? (lower === "host" ? host : undefined);
    if (value === undefined) throw new TypeError(`Cannot sign request: it has no header ${lower}`);
    return `${lower}: ${value}`;
  }).join("\n");
}

/** Signs a text with RSA-SHA256; the signature in base64. */
export async function signText(text: string, key: CryptoKey): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key, bytes);
  return toBase64(new Uint8Array(signature));
}

/** The SHA-256 digest of a body, in base64. */
export async function digestOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return toBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", body)));
}

/** Bytes in base64. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
