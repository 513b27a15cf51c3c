/**
 * A key by which a provider knows a repeated request of an operation.
 *
 * @module
 */

/** Characters that chance decides. */
const CHANCE = 24;

/**
 * Makes a key: 24 characters of chance, and the operation's id, hashed. So the
 * operations of one runtime differ even where chance, as in a test, is none.
 *
 * @param id The operation's id; it cannot be read from the key.
 * @param random A number in `[0, 1)`.
 * @returns Letters and digits, fit for a header.
 */
export function createOperationKey(id: string, random: () => number): string {
  let key = "";
  while (key.length < CHANCE) key += Math.floor(random() * 36 ** 8).toString(36).padStart(8, "0");
  return key + hash(id).toString(36).padStart(7, "0");
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  }
  return value >>> 0;
}
