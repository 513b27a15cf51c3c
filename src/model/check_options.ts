/**
 * Options are checked where they come in: an unknown one is a mistake, not noise.
 *
 * @module
 */

/** What one option may be: `undefined` is always allowed. */
export interface OptionRule {
  /** Whether a value is fine. */
  readonly isValid: (value: unknown) => boolean;
  /** What is expected, for the error text. */
  readonly expected: string;
  /** Whether it is a number: one that is out of bounds is a `RangeError`. */
  readonly isNumber?: boolean;
}

/** Rules by option name. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

/** A duration: zero or more milliseconds, `Infinity` for none. */
export const DURATION: OptionRule = {
  isValid: (value) => typeof value === "number" && value >= 0,
  expected: "milliseconds, 0 or more",
  isNumber: true,
};

/** A whole number of 1 or more. */
export const POSITIVE_INTEGER: OptionRule = {
  isValid: (value) => Number.isSafeInteger(value) && Number(value) >= 1,
  expected: "a whole number of 1 or more",
  isNumber: true,
};

/** A function. */
export const FUNCTION: OptionRule = {
  isValid: (value) => typeof value === "function",
  expected: "a function",
};

/** An object or a function with the named methods. */
export function having(...methods: readonly string[]): OptionRule {
  return {
    isValid: (value) => {
      if ((typeof value !== "object" && typeof value !== "function") || value === null) {
        return false;
      }
      for (const name of methods) { // no closure: a start is checked for this
        if (typeof (value as Record<string, unknown>)[name] !== "function") return false;
      }
      return true;
    },
    expected: `an object with ${methods.join(", ")}`,
  };
}

/** One of several texts. */
export function oneOf(...values: readonly string[]): OptionRule {
  return {
    isValid: (value) => values.includes(value as string),
    expected: values.map((value) => `"${value}"`).join(" or "),
  };
}

/**
 * Checks options by their rules.
 *
 * @param doing What is being done, for the error text, e.g. `"create runtime"`.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkOptions(options: unknown, rules: OptionRules, doing: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Cannot ${doing}: expected an object of options, got ${show(options)}`);
  }
  for (const name in options) {
    if (!Object.hasOwn(options, name)) continue;
    const value = (options as Record<string, unknown>)[name];
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) {
      throw new TypeError(
        `Cannot ${doing}: unknown option "${name}", expected ${Object.keys(rules).join(", ")}`,
      );
    }
    if (value === undefined || rule.isValid(value)) continue;
    const message = `Cannot ${doing}: ${name} must be ${rule.expected}, got ${show(value)}`;
    throw rule.isNumber && typeof value === "number"
      ? new RangeError(message)
      : new TypeError(message);
  }
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null ? "an object" : String(value).slice(0, 40);
}
