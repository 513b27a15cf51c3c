/**
 * A fetch that adds an `Authorization` header to requests for some origins, and
 * to no others.
 *
 * @module
 */
import { redactUrl } from "./redact.ts";
import type { RefreshableFetch } from "./runtime/transport.ts";
import { originOf } from "./runtime/url.ts";
import { type Clock, systemClock, systemServices } from "./services.ts";

/** Options for {@linkcode bearer} and {@linkcode basic}. */
export interface AuthOptions {
  /** Where the credentials belong: one origin or several, e.g. `"https://api.linode.com"`. */
  readonly origins: string | readonly string[];
  /** What sends the request. The global `fetch` where it is not given. */
  readonly fetch?: RefreshableFetch | undefined;
}

/** What a token is asked for with. */
export interface TokenRequest {
  /** The origin that the token is for. */
  readonly origin: string;
  /** Whether the last token was refused: a cached one will not do. */
  readonly refresh: boolean;
}

/** Signs one request: makes what `fetch` is to be given with it. */
export type SignRequest = (
  input: string | URL | Request,
  init: RequestInit | undefined,
) => Promise<RequestInit>;

/** What is sent, and until when. */
export interface Secret {
  /** The header's value, or what makes one for each request. */
  readonly header: string | SignRequest;
  /** When a new one should be asked for, in milliseconds since the epoch; never where it is not given. */
  readonly renewAtMs?: number | undefined;
  /** When it is of no use any more, in milliseconds since the epoch. */
  readonly expiresAtMs?: number | undefined;
}

/** Gets a secret; `challenge` is the `WWW-Authenticate` of the reply that refused the last one. */
export type GetSecret = (
  request: TokenRequest & { readonly challenge?: string | undefined },
) => Secret | Promise<Secret>;

/** Options for {@linkcode createAuthorizedFetch}. */
export interface AuthorizedFetchOptions {
  /**
   * Whether there is one secret for ever, so that asking again makes no sense.
   *
   * @default {false}
   */
  readonly isFixed?: boolean | undefined;
  /**
   * Tells when a secret is to be renewed.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
}

/** What is known of an origin's credentials. */
interface Credentials {
  /** What is sent, or the promise of it. */
  current?: Secret | Promise<Secret>;
  /** A refresh that is under way. */
  refreshing?: Promise<boolean>;
  /** `WWW-Authenticate` of the last refusal. */
  challenge?: string | undefined;
}

/** After a renewal that failed, with the old secret still good: the next one, in milliseconds. */
const RENEW_AGAIN_MS = 10_000;

/**
 * Wraps fetch.
 *
 * A secret is asked for once, whoever comes meanwhile waits for the same answer,
 * and a failure is not kept.
 *
 * @throws {TypeError} If an origin is not an http origin, or there is none.
 */
export function createAuthorizedFetch(
  options: AuthOptions | undefined,
  getSecret: GetSecret,
  { isFixed = false, clock = systemClock }: AuthorizedFetchOptions = {},
): RefreshableFetch {
  const { origins = [], fetch = systemServices.fetch as RefreshableFetch } = options ?? {};
  const known = new Map<string, Credentials>(
    [origins].flat().map((origin) => [checkOrigin(origin), {}]),
  );
  if (known.size === 0) throw new TypeError("Cannot authorize: no origin is given");

  async function currentHeader(
    origin: string,
    credentials: Credentials,
  ): Promise<Secret["header"]> {
    const pending = credentials.current ??= getSecret({ origin, refresh: false });
    const secret = await settle(credentials, pending);
    if (clock.now() < (secret.renewAtMs ?? Infinity)) return secret.header;
    if (credentials.current === pending) credentials.current = renew(origin, secret);
    const renewed = credentials.current ??= getSecret({ origin, refresh: false });
    return (await settle(credentials, renewed)).header;
  }

  /** A new secret; the old one where there is none to be had and it is still good. */
  async function renew(origin: string, old: Secret): Promise<Secret> {
    try {
      return await getSecret({ origin, refresh: false });
    } catch (error) {
      if (clock.now() >= (old.expiresAtMs ?? 0)) throw error;
      return { ...old, renewAtMs: clock.now() + RENEW_AGAIN_MS };
    }
  }

  const authorized: RefreshableFetch = async (input, init) => {
    const origin = originOf(input instanceof Request ? input.url : String(input));
    const credentials = known.get(origin);
    if (!credentials) return await fetch(input, init);
    let added: RequestInit;
    try {
      const header = await currentHeader(origin, credentials);
      added = typeof header === "string"
        ? withHeader(input, init, header)
        : await header(input, init);
    } catch (error) {
      throw new AuthError(`Cannot get credentials for ${origin}`, error);
    }
    const response = await fetch(input, { ...init, ...added });
    if (response.status === 401) {
      credentials.challenge = response.headers.get("www-authenticate") ?? undefined;
    }
    return response;
  };

  authorized.refresh = (url) => {
    const origin = originOf(url);
    const credentials = known.get(origin);
    if (!credentials) return fetch.refresh?.(url) ?? Promise.resolve(false);
    if (isFixed) return Promise.resolve(false);
    return credentials.refreshing ??= (async () => {
      const { challenge } = credentials;
      try {
        credentials.current = await getSecret({ origin, refresh: true, challenge });
        return true;
      } finally {
        delete credentials.refreshing;
      }
    })();
  };
  return authorized;
}

function withHeader(
  input: string | URL | Request,
  init: RequestInit | undefined,
  header: string,
): RequestInit {
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
  headers.set("authorization", header);
  return { headers };
}

async function settle(
  credentials: Credentials,
  pending: Secret | Promise<Secret>,
): Promise<Secret> {
  try {
    return await pending;
  } catch (error) {
    if (credentials.current === pending) delete credentials.current;
    throw error;
  }
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

function checkOrigin(origin: unknown): string {
  const url = typeof origin === "string" && URL.canParse(origin) ? new URL(origin) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === "") return url.origin;
  throw new TypeError(
    `Cannot authorize: an origin must be such as "https://api.example.com", got ${
      JSON.stringify(typeof origin === "string" ? redactUrl(origin) : origin)
    }`,
  );
}
