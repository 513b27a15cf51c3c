/**
 * Authentication: wrappers around `fetch` that add credentials to requests for
 * the origins they are bound to, and to no other.
 *
 * They nest, one for each cloud, and the runtime renews what they hold when a
 * server answers 401:
 *
 * ```ts
 * import { basic, bearer } from "@lro/machines/auth";
 * import { createRuntime } from "@lro/machines";
 *
 * const forOne = basic("user", "password", { origins: "https://api.elastic.io" });
 * const forBoth = bearer(() => Promise.resolve("token"), {
 *   origins: "https://api.linode.com",
 *   fetch: forOne,
 * });
 * await using runtime = createRuntime({ fetch: forBoth });
 * ```
 *
 * @module
 */
import { type AuthOptions, createAuthorizedFetch, type TokenRequest } from "./authorized_fetch.ts";
import type { RefreshableFetch } from "../model/fetch.ts";
import { type Clock, systemClock } from "../services.ts";
import { getTimedToken, isTokenCredential, type TokenCredential } from "./token_credential.ts";

export {
  type OciApiKey,
  type OciSessionKey,
  ociSignature,
  type OciSignatureOptions,
  type OciSigningOptions,
} from "./oci_signature.ts";
export type { AuthOptions, TokenRequest } from "./authorized_fetch.ts";
export type { TokenCredential } from "./token_credential.ts";

/** Options for {@linkcode bearer}. */
export interface BearerOptions extends AuthOptions {
  /**
   * What a {@linkcode TokenCredential} is asked for.
   *
   * @default {"https://management.azure.com/.default"}
   */
  readonly scope?: string | readonly string[] | undefined;
  /**
   * Tells when the token of a {@linkcode TokenCredential} is to be renewed, and
   * how long a token is waited for: 30 s, then it is asked for anew.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
}

/** A token, or a function that gets one. */
export type TokenSource = string | ((request: TokenRequest) => string | Promise<string>);

/**
 * Adds `Authorization: Bearer ...` (RFC 6750).
 *
 * A function is asked once and its token is used until a server answers 401;
 * then it is asked again with `refresh: true`, once for any number of requests
 * that were refused meanwhile. So is a credential of `@azure/identity`, and two
 * minutes before its token expires.
 *
 * @example With a credential
 * ```ts
 * import { bearer, type TokenCredential } from "@lro/machines/auth";
 * import { createRuntime } from "@lro/machines";
 *
 * const credential: TokenCredential = { // new DefaultAzureCredential()
 *   getToken: () => Promise.resolve({ token: "token", expiresOnTimestamp: Infinity }),
 * };
 * const fetch = bearer(credential, { origins: "https://management.azure.com" });
 * await using runtime = createRuntime({ fetch });
 * ```
 *
 * @param token The token, a function that gets one, or a credential.
 * @param options Where it belongs, and what a credential is asked for.
 * @throws {TypeError} If the token is empty or an origin is not an http origin.
 */
export function bearer(
  token: TokenSource | TokenCredential,
  options: BearerOptions,
): RefreshableFetch {
  const { scope = "https://management.azure.com/.default", clock = systemClock } = options ?? {};
  if (isTokenCredential(token)) {
    return createAuthorizedFetch(options, async ({ challenge }) => {
      const got = await getTimedToken(token, { scope, challenge, clock });
      return { ...got, header: `Bearer ${checkSecret(got.token)}` };
    }, { clock });
  }
  if (typeof token === "function") {
    return createAuthorizedFetch(options, async ({ origin, refresh }) => ({
      header: `Bearer ${checkSecret(await token({ origin, refresh }))}`,
    }), { clock });
  }
  const header = `Bearer ${checkSecret(token)}`;
  return createAuthorizedFetch(options, () => ({ header }), { isFixed: true });
}

/**
 * Adds a key in a header of its own, as data planes and gateways want it:
 * `api-key`, `Ocp-Apim-Subscription-Key`, `X-Api-Key`.
 *
 * A function is asked once and its key is used until a server answers 401; then
 * it is asked again with `refresh: true`, once for any number of requests that
 * were refused meanwhile.
 *
 * @example With a key of Azure AI services
 * ```ts
 * import { apiKey } from "@lro/machines/auth";
 * import { createRuntime } from "@lro/machines";
 *
 * export function createDocumentRuntime(key: string) {
 *   const origins = "https://my-documents.cognitiveservices.azure.com";
 *   return createRuntime({ fetch: apiKey("Ocp-Apim-Subscription-Key", key, { origins }) });
 * }
 * ```
 *
 * @param name The header's name.
 * @param value The key, or a function that gets it.
 * @param options Where it belongs.
 * @throws {TypeError} If the name is no header's, or one that fetch sets itself; if the key is empty or cannot be sent; or an origin is not an http origin.
 */
export function apiKey(name: string, value: TokenSource, options: AuthOptions): RefreshableFetch {
  const headerName = checkHeaderName(name);
  if (typeof value === "function") {
    return createAuthorizedFetch(options, async ({ origin, refresh }) => ({
      header: checkKey(await value({ origin, refresh })),
    }), { headerName });
  }
  const header = checkKey(value);
  return createAuthorizedFetch(options, () => ({ header }), { headerName, isFixed: true });
}

/**
 * Adds `Authorization: Basic ...` (RFC 7617).
 *
 * @param user The user's name; it holds no colon.
 * @param password The password.
 * @param options Where they belong.
 * @throws {TypeError} If the name has a colon or an origin is not an http origin.
 */
export function basic(user: string, password: string, options: AuthOptions): RefreshableFetch {
  if (typeof user !== "string" || typeof password !== "string") {
    throw new TypeError("Cannot authorize: user and password must be texts");
  }
  if (user.includes(":")) {
    throw new TypeError("Cannot authorize: a user name with a colon cannot be sent (RFC 7617)");
  }
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  const header = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  return createAuthorizedFetch(options, () => ({ header }), { isFixed: true });
}

/** What is wrong with a token, without a character of it. */
function seen(token: unknown): string {
  if (typeof token !== "string") return typeof token;
  if (token === "") return "an empty one";
  return `one of ${token.length} characters with some that cannot be sent`;
}

function checkSecret(token: unknown): string {
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new TypeError(
    `Cannot authorize: a token must be a text without blanks, got ${seen(token)}`,
  );
}

/** Headers that fetch sets itself, or that change what the request is. */
const NO_KEY = /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|date)$/;

function checkHeaderName(name: unknown): string {
  if (typeof name === "string" && /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) {
    if (!NO_KEY.test(name.toLowerCase())) return name;
    throw new TypeError(`Cannot authorize: a key cannot be sent in the header ${name}`);
  }
  throw new TypeError(
    `Cannot authorize: name must be a header's, such as "api-key", got ${seen(name)}`,
  );
}

/** A key may have blanks inside, as `ApiKey abc` has. */
function checkKey(value: unknown): string {
  if (typeof value === "string" && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)) {
    return value;
  }
  throw new TypeError(
    `Cannot authorize: a key must be a text in one line without blanks around it, got ${
      seen(value)
    }`,
  );
}
