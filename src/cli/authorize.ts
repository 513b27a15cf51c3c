/**
 * Gives an operation's requests the credentials that belong to them.
 *
 * @module
 */
import { findKind } from "../kind.ts";
import { originOf } from "../runtime/url.ts";
import type { RefreshableFetch } from "../runtime/transport.ts";
import { openCredentials } from "./credentials.ts";
import type { CliIo } from "./io.ts";
import { findProvider } from "./providers/mod.ts";
import { checkUsage } from "./usage_error.ts";

/** Options for {@linkcode authorize}. */
export interface AuthorizeOptions {
  /** Fetch and the environment. */
  readonly io: Pick<CliIo, "fetch" | "env">;
  /** The credentials file, if there is one. */
  readonly credentials?: string | undefined;
  /** Whether the operation's address comes from somebody who may decide where credentials go. */
  readonly isTrusted: (origin: string) => boolean;
  /** Told of what is not an error. */
  readonly warn: (text: string) => void;
}

/**
 * Wraps fetch for one operation.
 *
 * @param operation Its kind, and its input or what a token kept of it.
 * @throws {UsageError} If credentials cannot be read, or only half of them are there.
 */
export async function authorize(
  operation: { readonly kind: string; readonly input: object },
  options: AuthorizeOptions,
): Promise<RefreshableFetch> {
  const { io, isTrusted, warn } = options;
  const { kind, input } = operation;
  const provider = findProvider(kind);
  if (!provider) return io.fetch;
  const home = originOf(findKind(kind).protocol.origin(input));
  const isKnown = provider.origins.includes(home) || isLoopback(home) ||
    isTrusted(home);
  const credentials = await openCredentials(options.credentials, { io, warn });
  const origins = isKnown
    ? [...new Set([home, ...provider.origins])]
    : provider.origins;
  const fetch = await checkUsage(() =>
    provider.authorize(credentials, { origins, fetch: io.fetch })
  );
  if (fetch && !isKnown) {
    warn(
      `no credentials are sent to ${home}: the token names it, and this machine's journal does ` +
        `not know the token; add --trust ${home} if you do`,
    );
  }
  return fetch ?? io.fetch;
}

function isLoopback(origin: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(origin).hostname);
}
