/**
 * Where credentials come from: a file that only its owner can read, or the
 * environment; never the command line, which every process can see.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import process from "node:process";
import type { CliIo } from "../io.ts";
import { parseJsonObject, readText } from "../source.ts";
import { UsageError } from "../usage_error.ts";

/** Looks up credentials. */
export interface CredentialSource {
  /**
   * Finds one.
   *
   * @param field Its name in the credentials file.
   * @param variables Environment variables that may hold it, in order of preference.
   */
  find(field: string, ...variables: readonly string[]): string | undefined;
  /** Reads the token's own file, anew each time; absent where none is named. */
  readonly readToken?: () => Promise<string>;
}

/** The files that credentials may be in. */
export interface CredentialFiles {
  /** A JSON object of texts. */
  readonly credentials?: string | undefined;
  /** A bearer token and nothing else. */
  readonly tokenFile?: string | undefined;
}

/**
 * Opens the credentials file, or the token's, if one is named. With a file, the
 * environment is not asked, so that the two never mix.
 *
 * @param files The files' paths.
 * @param options The environment, and who is told that others can read a file.
 * @throws {UsageError} If the file cannot be read, or holds something else than texts.
 */
export async function openCredentials(
  { credentials: path, tokenFile }: CredentialFiles,
  options: {
    readonly io: Pick<CliIo, "env">;
    readonly warn: (text: string) => void;
  },
): Promise<CredentialSource> {
  const { io, warn } = options;
  if (tokenFile !== undefined) {
    const readToken = async () => (await readText(tokenFile, "--token-file")).trim();
    await readToken(); // a file that is not there is a mistake, and is told at once
    await warnIfOpen(tokenFile, warn);
    return { find: () => undefined, readToken };
  }
  if (path === undefined) {
    return {
      find: (_field, ...variables) =>
        variables.map((name) => io.env[name]).find((value) => value !== undefined && value !== ""),
    };
  }
  const what = "--credentials";
  const fields = parseJsonObject(await readText(path, what), what);
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== "string") {
      throw new UsageError(`Cannot read ${what}: field ${name} must be a text`);
    }
  }
  await warnIfOpen(path, warn);
  return { find: (field) => fields[field] as string | undefined };
}

/** Warns of a file that others can read. */
export async function warnIfOpen(
  path: string,
  warn: (text: string) => void,
): Promise<void> {
  if (process.platform === "win32") return; // permissions are not in the mode there
  const { mode } = await stat(path);
  if ((mode & 0o077) === 0) return;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  warn(
    `${path} holds credentials and can be read by others (mode ${octal}): chmod 600 ${path}`,
  );
}
