/**
 * Assertions on order and nearness.
 *
 * @module
 */
import { inspect } from "node:util";
import { AssertionError, suffix } from "./assertion_error.ts";

/** Asserts `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) refuse(actual, ">", expected, msg);
}

/** Asserts `actual >= expected`. */
export function assertGreaterOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!(actual >= expected)) refuse(actual, ">=", expected, msg);
}

/** Asserts `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) refuse(actual, "<", expected, msg);
}

/** Asserts `actual <= expected`. */
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!(actual <= expected)) refuse(actual, "<=", expected, msg);
}

/**
 * Asserts that two numbers differ by no more than `tolerance`.
 *
 * @param tolerance 1e-7 of `expected` unless given.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const within = tolerance ??
    (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const distance = Math.abs(expected - actual);
  if (distance <= within) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to be close to "${expected}": ` +
      `delta "${distance}" is greater than "${within}"${suffix(msg)}`,
  );
}

function refuse(
  actual: unknown,
  relation: string,
  expected: unknown,
  msg: string | undefined,
): never {
  throw new AssertionError(
    `Expect ${inspect(actual)} ${relation} ${inspect(expected)}${suffix(msg)}`,
  );
}
