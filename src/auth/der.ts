/**
 * As much of DER (X.690) as private keys need.
 *
 * @module
 */

/** One value of DER. */
export interface DerValue {
  /** Its tag, e.g. 0x30 for a sequence. */
  readonly tag: number;
  /** Its content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Tags that keys are made of. */
export const DER = {
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
} as const;

/**
 * Reads the values that stand one after the other.
 *
 * @throws {TypeError} If the bytes are no DER.
 */
export function readDer(bytes: Uint8Array<ArrayBuffer>): DerValue[] {
  const values: DerValue[] = [];
  let at = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new TypeError("it is cut short");
    return byte;
  };
  while (at < bytes.length) {
    const tag = next();
    let length = next();
    if (length > 0x84) throw new TypeError("it has a value without a length");
    if (length > 0x7f) {
      let size = length & 0x7f;
      for (length = 0; size > 0; size--) length = length * 256 + next();
    }
    if (at + length > bytes.length) throw new TypeError("it is cut short");
    values.push({ tag, bytes: bytes.slice(at, at + length) });
    at += length;
  }
  return values;
}

/** Writes a value that holds others, or bytes. */
export function writeDer(
  tag: number,
  ...contents: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const length = contents.reduce((sum, { length }) => sum + length, 0);
  const size: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 | size.length, ...size];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const content of contents) {
    bytes.set(content, at);
    at += content.length;
  }
  return bytes;
}

/** The dotted form of an object identifier. */
export function oidText({ bytes }: DerValue): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of bytes) {
    number = number * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join(".");
}

/** A small whole number. */
export function derNumber({ bytes }: DerValue): number {
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}
