/**
 * Assertions on what a function throws or a promise is rejected with.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import { AssertionError, suffix } from "./assertion_error.ts";

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** Asserts that a value is an error, of that class and with those words. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  errorClass?: ErrorClass<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  const end = suffix(msg);
  if (!(error instanceof Error)) {
    throw new AssertionError(`Expected "error" to be an Error object${end}`);
  }
  if (errorClass && !(error instanceof errorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${errorClass.name}", ` +
        `but was "${error.constructor.name}"${end}`,
      { cause: error },
    );
  }
  const message = stripVTControlCharacters(error.message);
  const found = typeof msgMatches === "string"
    ? message.includes(stripVTControlCharacters(msgMatches))
    : !msgMatches || msgMatches.test(message);
  if (!found) {
    throw new AssertionError(
      `Expected error message to ${typeof msgMatches === "string" ? "include" : "match"} ${
        JSON.stringify(String(msgMatches))
      }, ` +
        `but got ${JSON.stringify(error.message)}${end}`,
      { cause: error },
    );
  }
}

/**
 * Asserts that a function throws, whatever it throws.
 *
 * @returns What it threw.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Asserts that a function throws an error of that class and with those words.
 *
 * @returns The error.
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  ...rest: Expectation
): unknown {
  const expected = parse(rest);
  try {
    fn();
  } catch (error) {
    check(error, "thrown", expected);
    return error;
  }
  throw new AssertionError(
    `Expected function to throw${suffix(expected.msg)}`,
  );
}

/**
 * Asserts that the promise a function returns is rejected, with whatever.
 *
 * @returns What it was rejected with.
 */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/**
 * Asserts that the promise a function returns is rejected with an error of that
 * class and with those words.
 *
 * @returns The error.
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  ...rest: Expectation
): Promise<unknown> {
  const expected = parse(rest);
  const promise = call(fn);
  if (!isThenable(promise)) {
    throw new AssertionError(
      `Function throws when expected to reject${suffix(expected.msg)}`,
    );
  }
  try {
    await promise;
  } catch (error) {
    check(error, "rejected", expected);
    return error;
  }
  throw new AssertionError(
    `Expected function to reject${suffix(expected.msg)}`,
  );
}

type Expectation = [
  errorClassOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
];

interface Expected {
  errorClass?: ErrorClass<Error> | undefined;
  msgIncludes?: string | undefined;
  msg?: string | undefined;
}

function parse([first, msgIncludes, msg]: Expectation): Expected {
  return typeof first === "string" ? { msg: first } : { errorClass: first, msgIncludes, msg };
}

function check(
  error: unknown,
  how: "thrown" | "rejected",
  { errorClass, msgIncludes, msg }: Expected,
): void {
  if (!errorClass) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was ${how}${suffix(msg)}`);
  }
  assertIsError(error, errorClass, msgIncludes, msg);
}

/** What a function returns; nothing, if it throws at once. */
function call(fn: () => PromiseLike<unknown>): unknown {
  try {
    return fn();
  } catch {
    return undefined;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof Reflect.get(value, "then") === "function";
}
