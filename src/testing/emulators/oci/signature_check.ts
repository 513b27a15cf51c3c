/**
 * Checks request signatures as Oracle Cloud does: with the public key.
 *
 * @module
 */

/** What signatures are checked with. */
export interface SignatureCheckOptions {
  /** Public keys in PEM (`BEGIN PUBLIC KEY`), by key id. */
  readonly publicKeys: Readonly<Record<string, string>>;
  /** The present time, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** How far a signature's date may be off, in milliseconds. */
const MAX_SKEW_MS = 5 * 60_000;

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/**
 * What is wrong with the signature of a request, if anything.
 *
 * @param body The request's body, which the request itself may not have any more.
 */
export async function checkSignature(
  request: Request,
  body: Uint8Array<ArrayBuffer>,
  options: SignatureCheckOptions,
): Promise<string | undefined> {
  const { publicKeys, now } = options;
  const header = request.headers.get("authorization") ?? "";
  if (!/^Signature /i.test(header)) {
    return "The required information to complete authentication was not provided.";
  }
  const parts = Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  const { version, keyId = "", algorithm, headers = "", signature = "" } = parts;
  if (version !== "1" || algorithm !== "rsa-sha256") {
    return "Unknown signature version or algorithm.";
  }
  const publicKey = Object.hasOwn(publicKeys, keyId) ? publicKeys[keyId] : undefined;
  if (publicKey === undefined) return `Unknown key ${keyId}.`;

  const names = headers.toLowerCase().split(" ");
  const hasBody = ["POST", "PUT", "PATCH"].includes(request.method);
  const dateName = names.includes("x-date") ? "x-date" : "date";
  const required = [dateName, "(request-target)", "host"];
  if (hasBody) required.push("x-content-sha256", "content-type", "content-length");
  const missing = required.find((name) => !names.includes(name));
  if (missing !== undefined) return `Header ${missing} is not signed.`;

  const dateMs = Date.parse(request.headers.get(dateName) ?? "");
  if (!(Math.abs(dateMs - now()) <= MAX_SKEW_MS)) {
    return `The ${dateName} is off by more than 5 minutes.`;
  }
  if (hasBody) {
    const digest = toBase64(await crypto.subtle.digest("SHA-256", body));
    if (request.headers.get("x-content-sha256") !== digest) {
      return "The body is not the one that was signed.";
    }
  }
  const text = names.map((name) => `${name}: ${valueOf(request, name, body)}`).join("\n");
  const isValid = await crypto.subtle.verify(
    ALGORITHM,
    await importPublicKey(publicKey),
    fromBase64(signature),
    new TextEncoder().encode(text),
  );
  return isValid ? undefined : "The signature is not valid.";
}

function valueOf(request: Request, name: string, body: Uint8Array): string {
  const { pathname, search, host } = new URL(request.url);
  switch (name) {
    case "(request-target)":
      return `${request.method.toLowerCase()} ${pathname}${search}`;
    case "host":
      return request.headers.get("host") ?? host;
    case "content-length":
      return String(body.length); // whatever the header says
    default:
      return request.headers.get(name) ?? "";
  }
}

async function importPublicKey(pem: string): Promise<CryptoKey> {
  const base64 = pem.replace(/-----[^-]+-----/g, "").replace(/\s+/g, "");
  return await crypto.subtle.importKey("spki", fromBase64(base64), ALGORITHM, false, ["verify"]);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

function toBase64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
