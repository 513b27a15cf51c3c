/**
 * Structural equality as `@std/assert` understands it. It differs from
 * `node:util`'s `isDeepStrictEqual` in that 0 equals -0, that an object without
 * a prototype equals a plain one, and that an instance is compared by all it
 * answers to, getters included.
 *
 * @module
 */

/** Compared by their text: it says all there is to say about them. */
const texts = [RegExp, URL, URLSearchParams, Intl.Locale];

/**
 * Whether two values have the same structure.
 *
 * @throws {TypeError} On a WeakMap or WeakSet, which hide what they hold.
 */
export function equal(a: unknown, b: unknown): boolean {
  return same(a, b, new Map());
}

function same(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (kind(a) !== kind(b)) return false;
  if (a instanceof WeakMap || a instanceof WeakSet) {
    throw new TypeError(`Cannot compare ${a.constructor.name} instances`);
  }
  if (a instanceof WeakRef) {
    return same(a.deref(), (b as typeof a).deref(), seen);
  }
  if (a instanceof Date) {
    return Object.is(a.getTime(), (b as typeof a).getTime());
  }
  if (isBytes(a)) return sameBytes(a, b as typeof a);
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  const equal = sameParts(a, b, seen);
  if (!equal) seen.delete(a);
  return equal;
}

function sameParts(a: object, b: object, seen: Map<object, object>): boolean {
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  if (a instanceof Map) return sameMaps(a, b as typeof a, seen);
  if (a instanceof Set) return sameSets(a, b as typeof a, seen);
  if (texts.some((Text) => a instanceof Text)) return String(a) === String(b);
  return keys(a, b).every((key) =>
    key in a === key in b &&
    same(Reflect.get(a, key), Reflect.get(b, key), seen)
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The prototype; a missing one counts as that of a plain object. */
function kind(value: object): object {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

function isBytes(value: object): value is Bytes {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ||
    value instanceof SharedArrayBuffer;
}

function sameBytes(a: Bytes, b: Bytes): boolean {
  const [left, right] = [elements(a), elements(b)];
  return left.length === right.length &&
    left.every((element, i) => element === right[i] || Object.is(element, right[i]));
}

function elements(bytes: Bytes): unknown[] {
  if (!ArrayBuffer.isView(bytes)) return [...new Uint8Array(bytes)];
  if (Symbol.iterator in bytes) return [...bytes as Uint8Array];
  return [...new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)];
}

function sameMaps(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  seen: Map<object, object>,
): boolean {
  return a.size === b.size &&
    [...a].every(([key, value]) =>
      b.has(key) ? same(value, b.get(key), seen) : isObject(key) &&
        [...b].some((entry) => same([key, value], entry, seen))
    );
}

function sameSets(
  a: Set<unknown>,
  b: Set<unknown>,
  seen: Map<object, object>,
): boolean {
  return a.size === b.size &&
    [...a].every((value) =>
      b.has(value) ||
      isObject(value) && [...b].some((other) => same(value, other, seen))
    );
}

/** What to look at: own enumerable keys of plain objects and arrays, everything of an instance. */
function keys(a: object, b: object): PropertyKey[] {
  const plain = [Object.prototype, Array.prototype].includes(kind(a));
  return plain ? Reflect.ownKeys({ ...a, ...b }) : [...new Set([...allKeys(a), ...allKeys(b)])];
}

function allKeys(value: object | null): PropertyKey[] {
  if (value === null || value === Object.prototype) return [];
  return [
    ...Reflect.ownKeys(value),
    ...allKeys(Object.getPrototypeOf(value)),
  ];
}
