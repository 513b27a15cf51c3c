/**
 * Credentials that get a token when they are asked for one, as those of
 * `@azure/identity` do.
 *
 * @module
 */
import type { Clock } from "../services.ts";

/**
 * Gets tokens. The credentials of `@azure/identity` are such, and so is anything
 * of this form: there is no dependency.
 */
export interface TokenCredential {
  /**
   * Gets a token.
   *
   * @param scopes What it is for, e.g. `"https://management.azure.com/.default"`.
   * @param options What a server demanded when it refused the last one.
   * @returns The token, and when it expires in milliseconds since the epoch.
   */
  getToken(
    scopes: string | string[],
    options?: { claims?: string; enableCae?: boolean },
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** A token, and how long it may be used. */
export interface TimedToken {
  /** The token. */
  readonly token: string;
  /** When a new one should be asked for, in milliseconds since the epoch. */
  readonly renewAtMs: number;
  /** When it is of no use any more, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** A token is renewed so long before it expires, in milliseconds, or in the middle of a shorter life. */
const AHEAD_MS = 120_000;
/** A credential is asked for a new token no sooner than after this, in milliseconds. */
const LEAST_MS = 1_000;

/** Whether a value is a {@linkcode TokenCredential}. */
export function isTokenCredential(value: unknown): value is TokenCredential {
  return typeof value === "object" && value !== null &&
    typeof (value as Partial<TokenCredential>).getToken === "function";
}

/** Options for {@linkcode getTimedToken}. */
export interface TimedTokenOptions {
  /** What it is for. */
  readonly scope: string | readonly string[];
  /** The `WWW-Authenticate` of the reply that refused the last one. */
  readonly challenge?: string | undefined;
  /** Time. */
  readonly clock: Clock;
}

/**
 * Asks a credential for a token.
 *
 * @throws {TypeError} If it has none.
 */
export async function getTimedToken(
  credential: TokenCredential,
  { scope, challenge, clock }: TimedTokenOptions,
): Promise<TimedToken> {
  const claims = claimsOf(challenge);
  const got = await credential.getToken(
    typeof scope === "string" ? scope : [...scope],
    claims === undefined ? undefined : { claims, enableCae: true },
  );
  if (got === null) throw new TypeError("Cannot authorize: the credential has no token");
  const { token, expiresOnTimestamp: expiresAtMs } = got;
  const lifeMs = expiresAtMs - clock.now();
  const useMs = Math.max(LEAST_MS, lifeMs - Math.min(AHEAD_MS, lifeMs / 2));
  return { token, expiresAtMs, renewAtMs: clock.now() + useMs };
}

/** What a server demands of the next token (continuous access evaluation). */
function claimsOf(challenge: string | undefined): string | undefined {
  const [, encoded] = /\bclaims="([\w+/=-]+)"/.exec(challenge ?? "") ?? [];
  if (encoded === undefined) return undefined;
  try {
    return atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined; // then there is just a new token
  }
}
