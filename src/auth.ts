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
import { redactUrl } from "./redact.ts";
import type { RefreshableFetch } from "./runtime/transport.ts";
import { originOf } from "./runtime/url.ts";
import { systemServices } from "./services.ts";

/** Options for {@linkcode bearer} and {@linkcode basic}. */
export interface AuthOptions {
  /** Where the credentials belong: one origin or several, e.g. `"https://api.linode.com"`. */
  readonly origins: string | readonly string[];
  /** What sends the request. The global `fetch` where it is not given. */
  readonly fetch?: RefreshableFetch;
}

/** What a token is asked for with. */
export interface TokenRequest {
  /** The origin that the token is for. */
  readonly origin: string;
  /** Whether the last token was refused: a cached one will not do. */
  readonly refresh: boolean;
}

/** A token, or a function that gets one. */
export type TokenSource = string | ((request: TokenRequest) => string | Promise<string>);

/**
 * Adds `Authorization: Bearer ...` (RFC 6750).
 *
 * A function is asked once and its token is used until a server answers 401;
 * then it is asked again with `refresh: true`, once for any number of requests
 * that were refused meanwhile.
 *
 * @param token The token, or a function that gets one.
 * @param options Where it belongs.
 * @throws {TypeError} If the token is empty or an origin is not an http origin.
 */
export function bearer(token: TokenSource, options: AuthOptions): RefreshableFetch {
  if (typeof token === "function") {
    return authorize(options, async (request) => `Bearer ${checkSecret(await token(request))}`);
  }
  const header = `Bearer ${checkSecret(token)}`;
  return authorize(options, () => header, { isFixed: true });
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
  return authorize(options, () => header, { isFixed: true });
}

type GetHeader = (request: TokenRequest) => string | Promise<string>;

/** What is known of an origin's credentials. */
interface Credentials {
  /** The header's value, or the promise of it. */
  current?: string | Promise<string>;
  /** A refresh that is under way. */
  refreshing?: Promise<boolean>;
}

function authorize(
  options: AuthOptions,
  getHeader: GetHeader,
  { isFixed = false } = {},
): RefreshableFetch {
  const { origins, fetch = systemServices.fetch as RefreshableFetch } = options;
  const known = new Map<string, Credentials>(
    [origins].flat().map((origin) => [checkOrigin(origin), {}]),
  );
  if (known.size === 0) throw new TypeError("Cannot authorize: no origin is given");

  const authorized: RefreshableFetch = async (input, init) => {
    const origin = originOf(input instanceof Request ? input.url : String(input));
    const credentials = known.get(origin);
    if (!credentials) return await fetch(input, init);
    // Asked once; who comes meanwhile waits for the same answer. A failure is not kept.
    const pending = credentials.current ??= getHeader({ origin, refresh: false });
    let value: string;
    try {
      value = await pending;
    } catch (error) {
      if (credentials.current === pending) delete credentials.current;
      throw new AuthError(`Cannot get credentials for ${origin}`, error);
    }
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
    headers.set("authorization", value);
    return await fetch(input, { ...init, headers });
  };

  authorized.refresh = (url) => {
    const origin = originOf(url);
    const credentials = known.get(origin);
    if (!credentials) return fetch.refresh?.(url) ?? Promise.resolve(false);
    if (isFixed) return Promise.resolve(false);
    return credentials.refreshing ??= (async () => {
      try {
        credentials.current = await getHeader({ origin, refresh: true });
        return true;
      } finally {
        delete credentials.refreshing;
      }
    })();
  };
  return authorized;
}

/** No request was sent, because there are no credentials for it. */
class AuthError extends Error {
  override readonly name = "AuthError";
  /** Known to the transport: the request certainly was not processed. */
  readonly code = "ERR_UNSENT";

  constructor(message: string, cause: unknown) {
    super(message, { cause });
  }
}

function checkSecret(token: unknown): string {
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new TypeError(
    `Cannot authorize: a token must be a text without blanks, got ${
      typeof token === "string" ? `one of ${token.length} characters that has some` : typeof token
    }`,
  );
}

function checkOrigin(origin: unknown): string {
  const url = typeof origin === "string" && URL.canParse(origin) ? new URL(origin) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === "") return url.origin;
  throw new TypeError(
    `Cannot authorize: an origin must be such as "https://api.example.com", got ${
      JSON.stringify(typeof origin === "string" ? redactUrl(origin) : origin)
    }`,
  );
}
