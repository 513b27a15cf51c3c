/**
 * Oracle Cloud's request signatures, version 1.
 *
 * | form | when | headers that are signed |
 * | --- | --- | --- |
 * | `date` | usually | `date (request-target) host`, and of a body `x-content-sha256 content-type content-length` |
 * | `x-date` | the request has an `x-date`, or the platform (a browser) lets nobody set `date` | as Oracle's SDK for TypeScript |
 *
 * Source: "Request Signatures" in Oracle's documentation.
 *
 * @module
 */
import type { Given } from "../model/message.ts";
import { type AuthOptions, createAuthorizedFetch, type Secret } from "./authorized_fetch.ts";
import type { RefreshableFetch } from "../model/fetch.ts";
import { wallTime } from "../services.ts";
import { checkPrivateKey, importPrivateKey, type PrivateKeyText } from "./private_key.ts";
import { createServerTime } from "./server_time.ts";
import { digestOf, signingText, signText } from "./request_signature.ts";

/** The API signing key of a user. */
export interface OciApiKey {
  /** The tenancy's OCID. */
  readonly tenancyId: string;
  /** The user's OCID. */
  readonly userId: string;
  /** The fingerprint of the public key. */
  readonly fingerprint: string;
  /** The private key in PEM: PKCS#1 or PKCS#8, encrypted or not. */
  readonly privateKey: string;
  /** What the key is encrypted with, if it is. */
  readonly passphrase?: string | undefined;
}

/** The session key of an instance or resource principal, or of a session token. */
export interface OciSessionKey {
  /** Which key it is, e.g. `"ST$"` and the security token. */
  readonly keyId: string;
  /** The private key in PEM: PKCS#1 or PKCS#8, encrypted or not. */
  readonly privateKey: string;
  /** What the key is encrypted with, if it is. */
  readonly passphrase?: string | undefined;
}

/** Options for {@linkcode ociSignature}, besides the key. */
export interface OciSigningOptions extends AuthOptions {
  /**
   * Gets a key anew after a 401, at most twice in a row: for instance and
   * resource principals, whose keys live for minutes. Without a key it is also
   * asked for the first one.
   */
  readonly refresh?: (() => Promise<OciApiKey | OciSessionKey>) | undefined;
  /**
   * The time, in milliseconds since the epoch; Oracle Cloud refuses a signature
   * that is five minutes off. Where a 401 shows that the server has another time,
   * requests are signed with the server's from then on.
   *
   * @default {Date.now}
   */
  readonly now?: (() => number) | undefined;
}

/** Options for {@linkcode ociSignature}. */
export type OciSignatureOptions =
  & OciSigningOptions
  & (OciApiKey | OciSessionKey | Given<OciSigningOptions, "refresh">);

/**
 * Signs requests for Oracle Cloud.
 *
 * @example With a user's API key
 * ```ts
 * import { createRuntime } from "@lro/machines";
 * import { ociSignature } from "@lro/machines/auth";
 *
 * export function createOracleRuntime(privateKey: string) {
 *   const fetch = ociSignature({
 *     tenancyId: "ocid1.tenancy.oc1..t",
 *     userId: "ocid1.user.oc1..u",
 *     fingerprint: "20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34",
 *     privateKey,
 *     origins: "https://iaas.us-ashburn-1.oraclecloud.com",
 *   });
 *   return createRuntime({ fetch });
 * }
 * ```
 *
 * @param options The key, and where it belongs.
 * @throws {TypeError} If the key is none, is encrypted and has no passphrase, or an origin is not an http origin.
 */
export function ociSignature(options: OciSignatureOptions): RefreshableFetch {
  const { refresh, now = wallTime } = options;
  const first = "privateKey" in options ? checkKey(options) : undefined;
  if (first === undefined && typeof refresh !== "function") {
    throw new TypeError("Cannot sign requests: expected privateKey or refresh, got neither");
  }
  const time = createServerTime(now);
  const sign = (key: OciApiKey | OciSessionKey): Secret => {
    const keyId = keyIdOf(key);
    let imported: Promise<CryptoKey> | undefined;
    return {
      learn: time.learn,
      header: async (input, init) => {
        const request = new Request(input instanceof Request ? input.clone() : input, init);
        const hasText = typeof init?.body === "string";
        return await signRequest(request, {
          keyId,
          key: await (imported ??= importPrivateKey(key)),
          now: time.now,
          hasText,
        });
      },
    };
  };
  return createAuthorizedFetch(
    options,
    async (request) => sign(!request.refresh && first ? first : checkKey(await refresh!())),
    { isFixed: refresh === undefined },
  );
}

/** What a request is signed with. */
interface Signer {
  readonly keyId: string;
  readonly key: CryptoKey;
  readonly now: () => number;
  /** The body is a text, whose type the platform only guesses. */
  readonly hasText: boolean;
}

/** In the order of Oracle's documentation; of its SDK for TypeScript, which also has them in this spelling. */
const FORMS = {
  date: {
    general: ["date", "(request-target)", "host"],
    body: ["x-content-sha256", "content-type", "content-length"],
  },
  "x-date": {
    general: ["x-date", "(request-target)", "host"],
    body: ["Content-Type", "Content-Length", "x-content-sha256"],
  },
} as const;

async function signRequest(request: Request, signer: Signer): Promise<RequestInit> {
  const { method, url } = request;
  // Not the request's own: those refuse some names, and guess a type.
  const headers = new Headers(request.headers);
  const form = FORMS[setDate(request, headers, signer.now)];
  const hasBody = method === "POST" || method === "PUT" || method === "PATCH";
  const body = hasBody ? new Uint8Array(await request.arrayBuffer()) : undefined;
  if (body) {
    const isGuessed = signer.hasText && headers.get("content-type") === "text/plain;charset=UTF-8";
    if (isGuessed || !headers.has("content-type")) headers.set("content-type", "application/json");
    headers.set("content-length", String(body.length));
    headers.set("x-content-sha256", await digestOf(body));
  }
  const names = [...form.general, ...(body ? form.body : [])];
  const signature = await signText(signingText({ method, url, headers }, names), signer.key);
  headers.set(
    "authorization",
    `Signature version="1",keyId="${signer.keyId}",algorithm="rsa-sha256",` +
      `headers="${names.join(" ")}",signature="${signature}"`,
  );
  // An empty body is one too: without it, nobody would send its length.
  return { headers, ...(body && { body }) };
}

/** Gives the request a date where it has none, by the header that can be set. */
function setDate(request: Request, headers: Headers, now: () => number): keyof typeof FORMS {
  if (headers.has("x-date")) return "x-date";
  if (headers.has("date")) return "date";
  const date = new Date(now()).toUTCString();
  request.headers.set("date", date);
  const name = request.headers.has("date") ? "date" : "x-date";
  headers.set(name, date);
  return name;
}

function keyIdOf(key: OciApiKey | OciSessionKey): string {
  return "keyId" in key ? key.keyId : `${key.tenancyId}/${key.userId}/${key.fingerprint}`;
}

function checkKey<K extends OciApiKey | OciSessionKey>(key: K): K {
  const names = "keyId" in key ? ["keyId"] : ["tenancyId", "userId", "fingerprint"];
  for (const name of names) {
    const value = (key as unknown as Readonly<Record<string, unknown>>)[name];
    if (typeof value !== "string" || !/^[\x21-\x7e]+$/.test(value) || value.includes('"')) {
      throw new TypeError(`Cannot sign requests: ${name} must be a text without blanks and quotes`);
    }
  }
  checkPrivateKey(key as PrivateKeyText);
  return key;
}
