/**
 * Gives an operation's requests the credentials that belong to them.
 *
 * @module
 */
import { findKind } from "../../model/kind.ts";
import { originOf } from "../../model/url.ts";
import type { RefreshableFetch } from "../../model/fetch.ts";
import { type CredentialFiles, openCredentials } from "./credentials.ts";
import type { CliIo } from "../io.ts";
import { findProvider } from "../providers/mod.ts";
import { toUsageError, UsageError } from "../usage_error.ts";

/** As much of an operation, or of a token, as tells where it is. */
export interface Located {
  /** Its kind. */
  readonly kind: string;
  /** Its input, or what a token kept of it. */
  readonly input: object;
}

/** Options for {@linkcode authorize}. */
export interface AuthorizeOptions extends CredentialFiles {
  /** Fetch and the environment. */
  readonly io: Pick<CliIo, "fetch" | "env">;
  /** An origin that the user says credentials may go to. */
  readonly trust?: string | undefined;
  /** Told of what is not an error. */
  readonly warn: (text: string) => void;
}

/**
 * Wraps fetch for one operation.
 *
 * A token may come from anywhere, so what it names as its origin gets
 * credentials only if it is the provider's own, this machine, or trusted.
 *
 * @throws {UsageError} If credentials cannot be read, if only half of them are there, or if they would go
 * where nobody said that they may.
 */
export async function authorize(
  operation: Located,
  options: AuthorizeOptions,
): Promise<RefreshableFetch> {
  const { io, trust, warn } = options;
  const provider = findProvider(operation.kind);
  if (!provider) return io.fetch;
  const home = homeOf(operation);
  const stranger = strangerOf(operation);
  const trusted = trust === undefined ? undefined : originOf(trust);
  const isTrusted = stranger === undefined || trusted === stranger;
  const credentials = await openCredentials(options, { io, warn });
  const origins = isTrusted ? [...new Set([home, ...provider.origins])] : provider.origins;
  let fetch: RefreshableFetch | undefined;
  try {
    fetch = await provider.authorize(credentials, { origins, fetch: io.fetch, warn });
  } catch (error) {
    throw toUsageError(error);
  }
  if (fetch && !isTrusted) {
    throw new UsageError(
      `Cannot send credentials to ${home}, which only the token names: ` +
        `add --trust ${home} if that is where they belong`,
    );
  }
  return fetch ?? io.fetch;
}

/** The origin that an operation is about. */
export function homeOf({ kind, input }: Located): string {
  return originOf(findKind(kind).protocol.origin(input));
}

/** The same, if it is neither the provider's own nor this machine. */
export function strangerOf(operation: Located): string | undefined {
  const home = homeOf(operation);
  const provider = findProvider(operation.kind);
  const isOwn = provider?.origins.includes(home) || provider?.isOwnOrigin?.(home);
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(home).hostname);
  return isOwn || isHere ? undefined : home;
}
