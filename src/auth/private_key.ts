/**
 * RSA private keys in PEM, as key tools write them.
 *
 * | label | what it is | decrypted by |
 * | --- | --- | --- |
 * | `PRIVATE KEY` | PKCS#8 | |
 * | `RSA PRIVATE KEY` | PKCS#1 | |
 * | `ENCRYPTED PRIVATE KEY` | PKCS#8, PBES2 with PBKDF2 and AES-CBC | WebCrypto |
 * | | with anything else | `node:crypto`, where there is one |
 * | `RSA PRIVATE KEY` with `DEK-Info` | PKCS#1, by a key made with MD5 | `node:crypto`, where there is one |
 *
 * @module
 */
import { nodeBuiltin } from "../node_builtin.ts";
import { DER, derNumber, type DerValue, oidText, readDer, writeDer } from "./der.ts";

/** A key that can be signed with, as it was given. */
export interface PrivateKeyText {
  /** The key in PEM. */
  readonly privateKey: string;
  /** What it is encrypted with, if it is. */
  readonly passphrase?: string | undefined;
}

interface Pem {
  readonly label: string;
  readonly isEncrypted: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/**
 * Checks as much of a key as can be checked at once.
 *
 * @throws {TypeError} If it is no private key in PEM, or is encrypted and has no passphrase.
 */
export function checkPrivateKey({ privateKey, passphrase }: PrivateKeyText): void {
  const { isEncrypted } = parsePem(privateKey);
  if (isEncrypted && (typeof passphrase !== "string" || passphrase === "")) {
    throw new TypeError("Cannot read private key: it is encrypted and there is no passphrase");
  }
}

/**
 * Imports a key for RSA-SHA256.
 *
 * @throws {TypeError} If it is no RSA key, the passphrase is wrong, or it is encrypted in a way that cannot be undone here.
 */
export async function importPrivateKey(key: PrivateKeyText): Promise<CryptoKey> {
  checkPrivateKey(key);
  const pem = parsePem(key.privateKey);
  const pkcs8 = pem.isEncrypted
    ? await decrypt(pem, key)
    : pem.label === "PRIVATE KEY"
    ? pem.bytes
    : wrapPkcs1(pem.bytes);
  try {
    return await crypto.subtle.importKey("pkcs8", pkcs8, ALGORITHM, false, ["sign"]);
  } catch (cause) {
    throw new TypeError("Cannot read private key: it is not an RSA key", { cause });
  }
}

function parsePem(text: unknown): Pem {
  const [, label = "", inner = ""] = typeof text === "string"
    ? /-----BEGIN ((?:RSA |ENCRYPTED )?PRIVATE KEY)-----([^]*?)-----END \1-----/.exec(text) ?? []
    : [];
  if (label === "") {
    throw new TypeError(
      "Cannot read private key: expected PEM with BEGIN PRIVATE KEY, BEGIN RSA PRIVATE KEY or " +
        `BEGIN ENCRYPTED PRIVATE KEY, got ${
          typeof text === "string" ? "another text" : typeof text
        }`,
    );
  }
  const isLegacy = /^Proc-Type:.*ENCRYPTED/m.test(inner);
  const base64 = inner.replace(/^[\w-]+:.*$/gm, "").replace(/\s+/g, "");
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return { label, isEncrypted: isLegacy || label.startsWith("ENCRYPTED"), bytes };
  } catch {
    throw new TypeError("Cannot read private key: what the PEM holds is not base64");
  }
}

/** PKCS#1 within PKCS#8, which WebCrypto wants. */
function wrapPkcs1(pkcs1: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const version = writeDer(DER.integer, Uint8Array.of(0));
  const rsa = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);
  const algorithm = writeDer(DER.sequence, writeDer(DER.oid, rsa), writeDer(DER.null));
  return writeDer(DER.sequence, version, algorithm, writeDer(DER.octets, pkcs1));
}

async function decrypt(pem: Pem, key: PrivateKeyText): Promise<Uint8Array<ArrayBuffer>> {
  if (pem.label === "ENCRYPTED PRIVATE KEY") {
    const scheme = readScheme(pem.bytes);
    if (scheme) return await decryptPbes2(scheme, key.passphrase!);
  }
  return decryptByNode(key);
}

/** PBES2 (RFC 8018) with PBKDF2 and AES-CBC. */
interface Scheme {
  readonly hash: string;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
  readonly keyBits: number;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: Uint8Array<ArrayBuffer>;
}

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";

const PRF_HASHES: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.7": "SHA-1",
  "1.2.840.113549.2.9": "SHA-256",
  "1.2.840.113549.2.10": "SHA-384",
  "1.2.840.113549.2.11": "SHA-512",
};

const AES_BITS: Readonly<Record<string, number>> = {
  "2.16.840.1.101.3.4.1.2": 128,
  "2.16.840.1.101.3.4.1.22": 192,
  "2.16.840.1.101.3.4.1.42": 256,
};

/** How a key is encrypted; `undefined` where it is in another way. */
function readScheme(bytes: Uint8Array<ArrayBuffer>): Scheme | undefined {
  try {
    const [algorithm, data] = children(readDer(bytes)[0]!);
    const [scheme, parameters] = children(algorithm!);
    if (oidText(scheme!) !== PBES2) return undefined;
    const [derivation, encryption] = children(parameters!);
    const [kdf, kdfParameters] = children(derivation!);
    const [cipher, iv] = children(encryption!);
    const keyBits = AES_BITS[oidText(cipher!)];
    if (oidText(kdf!) !== PBKDF2 || keyBits === undefined) return undefined;
    const [salt, iterations, ...options] = children(kdfParameters!);
    const prf = options.find(({ tag }) => tag === DER.sequence);
    const hash = prf ? PRF_HASHES[oidText(children(prf)[0]!)] : "SHA-1";
    if (hash === undefined) return undefined;
    return {
      hash,
      salt: salt!.bytes,
      iterations: derNumber(iterations!),
      keyBits,
      iv: iv!.bytes,
      data: data!.bytes,
    };
  } catch (cause) {
    throw new TypeError("Cannot read private key: it is not encrypted PKCS#8", { cause });
  }
}

async function decryptPbes2(scheme: Scheme, passphrase: string): Promise<Uint8Array<ArrayBuffer>> {
  const { hash, salt, iterations, keyBits, iv, data } = scheme;
  const secret = new TextEncoder().encode(passphrase);
  const base = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash, salt, iterations },
    base,
    keyBits,
  );
  try {
    const aes = await crypto.subtle.importKey("raw", bits, "AES-CBC", false, ["decrypt"]);
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, aes, data));
  } catch (cause) {
    throw new TypeError("Cannot decrypt private key: the passphrase is wrong", { cause });
  }
}

/** What WebCrypto has no means for: MD5, DES, scrypt. */
function decryptByNode(key: PrivateKeyText): Uint8Array<ArrayBuffer> {
  try {
    const { createPrivateKey } = nodeBuiltin("node:crypto");
    const decrypted = createPrivateKey({ key: key.privateKey, passphrase: key.passphrase! });
    return new Uint8Array(decrypted.export({ type: "pkcs8", format: "der" }));
  } catch (cause) {
    throw new TypeError(
      "Cannot decrypt private key: the passphrase is wrong, or this platform cannot undo its kind of " +
        "encryption; in the second case write it anew: openssl pkcs8 -topk8 -v2 aes256 -in KEY -out NEW_KEY",
      { cause },
    );
  }
}

function children({ bytes }: DerValue): DerValue[] {
  return readDer(bytes);
}
