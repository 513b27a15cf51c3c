/**
 * Checks that a value is what JSON can hold, so that nothing that the caller means
 * to send is silently dropped.
 *
 * Source: ECMA-262, SerializeJSONProperty.
 *
 * @module
 */

/** More levels than any API takes. */
const DEEPEST = 1_000;

/**
 * Refuses what `JSON.stringify` would drop, change or refuse: functions, symbols,
 * bigints, `NaN`, cycles, holes in arrays, and objects such as a `Map` that it would
 * write as `{}`. Objects that say what they are as JSON (`toJSON`, as a `Date` does)
 * are taken, and so are fields that are `undefined`, which means absent.
 *
 * @param field Where it is, e.g. `"request.body"`.
 * @throws {TypeError} Naming the path of what is wrong, without its value.
 */
export function checkJson(value: unknown, doing: string, field: string): void {
  const wrong = findWrong(value, field, []);
  if (wrong === undefined) return;
  const { path, seen } = wrong;
  throw new TypeError(`Cannot ${doing}: ${path} must be what JSON can hold, got ${seen}`);
}

interface Wrong {
  readonly path: string;
  readonly seen: string;
}

function findWrong(value: unknown, path: string, above: readonly object[]): Wrong | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : { path, seen: String(value) };
    case "object":
      return value === null ? undefined : findWrongIn(value, path, above);
    case "undefined":
      return { path, seen: "undefined" };
    default:
      return { path, seen: `a ${typeof value}` };
  }
}

function findWrongIn(value: object, path: string, above: readonly object[]): Wrong | undefined {
  if (above.includes(value)) return { path, seen: "an object that it is itself part of" };
  if (above.length >= DEEPEST) return { path, seen: `more than ${DEEPEST} levels` };
  const here = [...above, value];
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const wrong = findWrong(value[index], `${path}[${index}]`, here);
      if (wrong) return wrong;
    }
    return undefined;
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return undefined;
  if (!isPlain(value)) {
    return { path, seen: `${nameOf(value)}, which is no plain object and has no toJSON()` };
  }
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const wrong = findWrong(
      item,
      /^[a-z_$][\w$]*$/i.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`,
      here,
    );
    if (wrong) return wrong;
  }
  return undefined;
}

/** Of whatever realm: test runners have several. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(value: object): string {
  const name = value.constructor?.name;
  return name ? `an instance of ${name}` : "an object of a class";
}
