/**
 * Linode's `X-Filter`: which items of a list, and in which order.
 *
 * Source: Linode API v4, "Filtering and Sorting".
 *
 * @module
 */
import { parseBody } from "../kit/json_body.ts";

/** Something that can be filtered. */
export type Filterable = Readonly<Record<string, unknown>>;

/** A filter, read. */
export interface LinodeFilter {
  /** Whether an item passes. */
  matches(item: Filterable): boolean;
  /** Which of two items comes first: negative for `a`. */
  compare(a: Filterable, b: Filterable): number;
  /** What the item's field must be, where the filter says so outright. */
  exact(field: string): unknown;
  /** A number that the item's field must exceed, where the filter says so outright. */
  above(field: string): number | undefined;
}

type Test = (item: Filterable) => boolean;

/** What is wrong with a filter, as the API says it. */
export class FilterError extends Error {}

/**
 * Reads the header.
 *
 * @param header As it was sent, if it was.
 * @param fields What may be asked for, e.g. `"entity.id"`.
 * @throws {FilterError} If the API would not take it.
 */
export function readFilter(header: string | null, fields: readonly string[]): LinodeFilter {
  const filter = header === null ? {} : parseBody(header);
  const { "+order_by": orderBy = "id", "+order": order = "asc", ...conditions } = asRecord(filter);
  if (typeof orderBy !== "string" || !fields.includes(orderBy)) {
    throw new FilterError(`Cannot order by ${String(orderBy)}`);
  }
  if (order !== "asc" && order !== "desc") throw new FilterError("+order must be asc or desc");
  const direction = order === "asc" ? 1 : -1;
  return {
    matches: readConditions(conditions, fields),
    compare: (a, b) =>
      direction * (compare(fieldOf(a, orderBy), fieldOf(b, orderBy)) ||
        compare(fieldOf(a, "id"), fieldOf(b, "id"))),
    exact: (field) => isOperators(conditions[field]) ? undefined : conditions[field],
    above: (field) => {
      const value = conditions[field];
      const least = isOperators(value) ? value["+gt"] : undefined;
      return typeof least === "number" ? least : undefined;
    },
  };
}

function readConditions(conditions: Filterable, fields: readonly string[]): Test {
  const tests = Object.entries(conditions).map(([name, value]): Test => {
    if (name === "+or" || name === "+and") {
      if (!Array.isArray(value)) throw new FilterError(`${name} must be a list`);
      const parts = value.map((part) => readConditions(asRecord(part), fields));
      return name === "+or"
        ? (item) => parts.some((test) => test(item))
        : (item) => parts.every((test) => test(item));
    }
    if (!fields.includes(name)) throw new FilterError(`Cannot filter on ${name}`);
    const isWanted = readValue(value);
    return (item) => isWanted(fieldOf(item, name));
  });
  return (item) => tests.every((test) => test(item));
}

function readValue(value: unknown): (actual: unknown) => boolean {
  if (!isOperators(value)) return (actual) => actual === value;
  const tests = Object.entries(value).map(([operator, operand]) => {
    switch (operator) {
      case "+gt":
        return (actual: unknown) => compare(actual, operand) > 0;
      case "+gte":
        return (actual: unknown) => compare(actual, operand) >= 0;
      case "+lt":
        return (actual: unknown) => compare(actual, operand) < 0;
      case "+lte":
        return (actual: unknown) => compare(actual, operand) <= 0;
      case "+neq":
        return (actual: unknown) => actual !== operand;
      case "+contains":
        return (actual: unknown) => String(actual).includes(String(operand));
      default:
        throw new FilterError(`Unknown operator ${operator}`);
    }
  });
  return (actual) => tests.every((test) => test(actual));
}

/** `NaN` where two values cannot be compared. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  return a === b ? 0 : NaN;
}

function isOperators(value: unknown): value is Filterable {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asRecord(value: unknown): Filterable {
  if (isOperators(value)) return value;
  throw new FilterError("Cannot parse filter");
}

/** A field, in another one where its name has a dot. */
function fieldOf(item: Filterable, name: string): unknown {
  const dot = name.indexOf(".");
  if (dot < 0) return item[name];
  const inner = item[name.slice(0, dot)];
  return isOperators(inner) ? inner[name.slice(dot + 1)] : undefined;
}
