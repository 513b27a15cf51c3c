/**
 * A fetch that adds credentials to requests for some origins, and to no others.
 *
 * @module
 */
import { checkOrigin } from "./origin.ts";
import { waitFor } from "./wait_for.ts";
import type { RefreshableFetch } from "../model/fetch.ts";
import { keepBack } from "../model/unsent.ts";
import { originOf } from "../model/url.ts";
import { type Clock, systemClock, systemServices } from "../services.ts";

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
  /**
   * Learns from a 401, e.g. what time it is.
   *
   * @returns Whether the same secret may be tried again.
   */
  readonly learn?: ((response: Response) => boolean | Promise<boolean>) | undefined;
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
   * The header that a secret goes into.
   *
   * @default {"authorization"}
   */
  readonly headerName?: string | undefined;
  /**
   * Whether there is one secret for ever, so that asking again makes no sense.
   *
   * @default {false}
   */
  readonly isFixed?: boolean | undefined;
  /**
   * Tells when a secret is to be renewed, and limits how long one is asked for.
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
  /** The secret that a server answered 401 to last. */
  refused?: Secret;
  /** `WWW-Authenticate` of the last refusal. */
  challenge?: string | undefined;
}

/** After a renewal that failed, with the old secret still good: the next one, in milliseconds. */
const RENEW_AGAIN_MS = 10_000;

/**
 * Wraps fetch.
 *
 * A secret is asked for once, and whoever comes meanwhile waits for the same
 * answer. A failure is not kept, nor is an answer that does not come. What was
 * refused with a secret that is not the present one any more is only sent again.
 *
 * @throws {TypeError} If an origin is not an http origin, or there is none.
 */
export function createAuthorizedFetch(
  options: AuthOptions | undefined,
  getSecret: GetSecret,
  authorization: AuthorizedFetchOptions = {},
): RefreshableFetch {
  const { headerName = "authorization", isFixed = false, clock = systemClock } = authorization;
  const { origins = [], fetch = systemServices.fetch as RefreshableFetch } = options ?? {};
  const known = new Map<string, Credentials>(
    [origins].flat().map((origin) => [checkOrigin(origin), {}]),
  );
  if (known.size === 0) throw new TypeError("Cannot authorize: no origin is given");

  /** The present secret, where nothing has to be waited for. */
  function readySecret({ current, refused, refreshing }: Credentials): Secret | undefined {
    if (current === undefined || current instanceof Promise) return undefined;
    // What was refused would be refused again: the next one is on its way.
    if (current === refused && refreshing) return undefined;
    return clock.now() < (current.renewAtMs ?? Infinity) ? current : undefined;
  }

  async function getReady(origin: string, credentials: Credentials): Promise<Secret> {
    await credentials.refreshing?.catch(() => {}); // then with the one that there is
    const pending = credentials.current ??= getSecret({ origin, refresh: false });
    const secret = await settle(credentials, pending);
    if (clock.now() < (secret.renewAtMs ?? Infinity)) return secret;
    if (credentials.current === secret) credentials.current = renew(origin, secret);
    const renewed = credentials.current ??= getSecret({ origin, refresh: false });
    return await settle(credentials, renewed);
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
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    const ready = readySecret(credentials);
    let secret: Secret;
    let added: RequestInit;
    try {
      if (typeof ready?.header === "string") { // as nearly always
        secret = ready;
        added = withHeader(input, init, headerName, ready.header);
      } else {
        [secret, added] = await keepBack(signal, async () => {
          const forget = () => forgetPending(credentials);
          const got = ready ??
            await waitFor(getReady(origin, credentials), { signal, clock, forget });
          const { header } = got;
          return typeof header === "string"
            ? [got, withHeader(input, init, headerName, header)] as const
            : [got, await header(input, init)] as const;
        });
      }
    } catch (error) {
      throw new AuthError(`Cannot get credentials for ${origin}`, error);
    }
    const response = await fetch(input, { ...init, ...added });
    if (response.status === 401) await refuse(credentials, secret, response);
    return response;
  };

  authorized.refresh = async (url, { signal } = {}) => {
    const origin = originOf(url);
    const credentials = known.get(origin);
    if (!credentials) return await fetch.refresh?.(url, { ...(signal && { signal }) }) ?? false;
    const { current, refused } = credentials;
    // Another secret is the present one by now: that one has to be tried first.
    if (current !== undefined && current !== refused) return true;
    if (isFixed) return false;
    const refreshing = credentials.refreshing ??= refresh(origin, credentials);
    const forget = () => {
      if (credentials.refreshing === refreshing) delete credentials.refreshing;
    };
    return await waitFor(refreshing, { signal, clock, forget });
  };

  function refresh(origin: string, credentials: Credentials): Promise<boolean> {
    const { challenge } = credentials;
    const refreshing: Promise<boolean> = Promise.resolve().then(async () => {
      try {
        const secret = await getSecret({ origin, refresh: true, challenge });
        // One that nobody waits for any more may be older than the present one.
        if (credentials.refreshing === refreshing) credentials.current = secret;
        return true;
      } finally {
        if (credentials.refreshing === refreshing) delete credentials.refreshing;
      }
    });
    return refreshing;
  }
  return authorized;
}

/** A server answered 401 to a secret; of one that is not the present one nothing is to be learnt. */
async function refuse(
  credentials: Credentials,
  secret: Secret,
  response: Response,
): Promise<void> {
  if (credentials.current !== secret) return;
  credentials.challenge = response.headers.get("www-authenticate") ?? undefined;
  credentials.refused = secret;
  const mayTryAgain = await secret.learn?.(response);
  if (mayTryAgain && credentials.current === secret) credentials.current = { ...secret };
}

/** Keeps nothing that does not come. */
function forgetPending(credentials: Credentials): void {
  if (credentials.current instanceof Promise) delete credentials.current;
  delete credentials.refreshing;
}

function withHeader(
  input: string | URL | Request,
  init: RequestInit | undefined,
  name: string,
  value: string,
): RequestInit {
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
  headers.set(name, value);
  return { headers };
}

async function settle(
  credentials: Credentials,
  pending: Secret | Promise<Secret>,
): Promise<Secret> {
  try {
    const secret = await pending;
    if (credentials.current === pending) credentials.current = secret;
    return secret;
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
