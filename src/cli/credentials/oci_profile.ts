/**
 * `~/.oci/config`, the file in which Oracle's own tools keep keys by profile.
 *
 * @module
 */
import { join } from "node:path";
import { type CredentialSource, warnIfOpen } from "./credentials.ts";
import { readText } from "../source.ts";
import { UsageError } from "../usage_error.ts";

/** A key, as it is signed with. */
export interface OciProfileKey {
  /** Which key: `tenancy/user/fingerprint`, or a session token. */
  readonly keyId: string;
  /** The private key in PEM. */
  readonly privateKey: string;
  /** What it is encrypted with, if it is. */
  readonly passphrase?: string;
}

/** Field names in a credentials file, the variables of Oracle's command line, and the names in a profile. */
const FIELDS = {
  user: ["OCI_CLI_USER", "user"],
  tenancy: ["OCI_CLI_TENANCY", "tenancy"],
  fingerprint: ["OCI_CLI_FINGERPRINT", "fingerprint"],
  keyFile: ["OCI_CLI_KEY_FILE", "key_file"],
  keyContent: ["OCI_CLI_KEY_CONTENT", "key_content"],
  passphrase: ["OCI_CLI_PASSPHRASE", "pass_phrase"],
  securityTokenFile: ["OCI_CLI_SECURITY_TOKEN_FILE", "security_token_file"],
} as const;

type Field = keyof typeof FIELDS;

/**
 * Reads the key of the profile that is asked for. What the environment, or the
 * credentials file, says of it comes first.
 *
 * @param warn Told of files that others can read.
 * @returns `undefined` where nothing says anything.
 * @throws {UsageError} If a file that is named cannot be read, there is no such profile, or half of a key is missing.
 */
export async function readOciKey(
  credentials: CredentialSource,
  warn: (text: string) => void,
): Promise<OciProfileKey | undefined> {
  const home = credentials.find("home", "HOME", "USERPROFILE");
  const profile = await readProfile(credentials, home, warn);
  const fields: Partial<Record<Field, string>> = {};
  for (const [field, [variable, name]] of Object.entries(FIELDS) as [Field, readonly string[]][]) {
    const value = credentials.find(field, variable!) ?? profile[name!];
    if (value !== undefined && value !== "") fields[field] = value;
  }
  if (Object.keys(fields).length === 0) return undefined;
  const { keyFile, keyContent, passphrase } = fields;
  const privateKey = keyContent ??
    (keyFile === undefined
      ? undefined
      : await readSecret(keyFile, { home, what: "key_file", warn }));
  if (privateKey === undefined) throw missing("key_file");
  const keyId = await readKeyId(fields, { home, warn });
  return { keyId, privateKey, ...(passphrase !== undefined && { passphrase }) };
}

interface Reading {
  readonly home: string | undefined;
  readonly warn: (text: string) => void;
}

async function readKeyId(
  fields: Partial<Record<Field, string>>,
  reading: Reading,
): Promise<string> {
  const { tenancy, user, fingerprint, securityTokenFile } = fields;
  if (securityTokenFile !== undefined) {
    const what = "security_token_file";
    return `ST$${(await readSecret(securityTokenFile, { ...reading, what })).trim()}`;
  }
  if (tenancy === undefined) throw missing("tenancy");
  if (user === undefined) throw missing("user");
  if (fingerprint === undefined) throw missing("fingerprint");
  return `${tenancy}/${user}/${fingerprint}`;
}

async function readProfile(
  credentials: CredentialSource,
  home: string | undefined,
  warn: (text: string) => void,
): Promise<Readonly<Record<string, string>>> {
  const named = credentials.find("configFile", "OCI_CLI_CONFIG_FILE");
  const wanted = credentials.find("profile", "OCI_CLI_PROFILE");
  if (named === undefined && home === undefined) return {};
  const path = expand(named ?? "~/.oci/config", home);
  let text: string;
  try {
    text = await readText(path, "the OCI config file");
  } catch (error) {
    if (named !== undefined || wanted !== undefined) throw error;
    return {}; // nobody said that there is one
  }
  await warnIfOpen(path, warn);
  const profiles = parseProfiles(text);
  const usual = profiles.get("DEFAULT") ?? {};
  const profile = profiles.get(wanted ?? "DEFAULT");
  if (profile === undefined && wanted !== undefined) {
    throw new UsageError(
      `Cannot find profile ${JSON.stringify(wanted)} in ${path}: it has ${
        [...profiles.keys()].join(", ") || "none"
      }`,
    );
  }
  return { ...usual, ...profile };
}

/** `[PROFILE]` and `name=value` lines; the values of `DEFAULT` are everybody's. */
export function parseProfiles(text: string): Map<string, Record<string, string>> {
  const profiles = new Map<string, Record<string, string>>();
  let profile: Record<string, string> | undefined;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const [, heading] = /^\s*\[\s*(.+?)\s*\]\s*$/.exec(line) ?? [];
    if (heading !== undefined) {
      profile = profiles.get(heading) ?? {};
      profiles.set(heading, profile);
    }
    const [, name, value] = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && profile) profile[name] = value!;
  }
  return profiles;
}

async function readSecret(
  path: string,
  { home, what, warn }: Reading & { readonly what: string },
): Promise<string> {
  const expanded = expand(path, home);
  const text = await readText(expanded, what);
  await warnIfOpen(expanded, warn);
  return text;
}

function expand(path: string, home: string | undefined): string {
  return home !== undefined && /^~[/\\]/.test(path) ? join(home, path.slice(2)) : path;
}

function missing(name: string): UsageError {
  return new UsageError(
    `Cannot sign requests for Oracle Cloud: ${name} is missing in the profile; see ` +
      "https://docs.oracle.com/iaas/Content/API/Concepts/sdkconfig.htm",
  );
}
