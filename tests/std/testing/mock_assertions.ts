/**
 * What to claim about the calls of a spy.
 *
 * @module
 */
// deno-lint-ignore-file no-explicit-any
import { assertEquals, AssertionError, assertIsError } from "../assert/mod.ts";
import type { Spy, SpyCall } from "./mock.ts";

/** What a call must have been like; what is left out is not looked at. */
export interface ExpectedSpyCall<
  Self = any,
  Args extends unknown[] = any[],
  R = any,
> {
  /** What it was called with. */
  args?: [...Args, ...unknown[]];
  /** What it was called on. */
  self?: Self;
  /** What it returned. */
  returned?: R;
  /** What it threw. */
  error?: {
    /** Its class. */
    Class?: new (...args: any[]) => Error;
    /** Words in its message. */
    msgIncludes?: string;
  };
}

/** Asserts how often a spy was called. */
export function assertSpyCalls<Self, Args extends unknown[], R>(
  spy: Spy<Self, Args, R>,
  expectedCalls: number,
): void {
  const { length } = spy.calls;
  if (length === expectedCalls) return;
  const seen = length < expectedCalls ? "not called as much" : "called more";
  const than = length < expectedCalls ? "as" : "than";
  throw new AssertionError(
    `Spy ${seen} ${than} expected: ${length} calls, not ${expectedCalls}`,
    { cause: spy.calls.find((call) => call.error)?.error },
  );
}

/** Asserts that a spy was called, and how. */
export function assertSpyCall<Self, Args extends unknown[], R>(
  spy: Spy<Self, Args, R>,
  callIndex: number,
  expected: ExpectedSpyCall<Self, Args, R> = {},
): void {
  const call = callAt(spy, callIndex);
  if ("args" in expected) {
    assertEquals<unknown>(
      call.args,
      expected.args,
      "Spy called with other args",
    );
  }
  if ("self" in expected) {
    assertEquals(call.self, expected.self, "Spy called on another object");
  }
  if ("returned" in expected && "error" in expected) {
    throw new TypeError(
      "Do not expect error and return, only one should be expected",
    );
  }
  if ("returned" in expected) {
    if (call.error) {
      throw new AssertionError("Spy call threw instead of returning", {
        cause: call.error,
      });
    }
    assertEquals(call.returned, expected.returned, "Spy returned otherwise");
  }
  if ("error" in expected) {
    if ("returned" in call) {
      throw new AssertionError("Spy call returned instead of throwing");
    }
    assertIsError(
      call.error,
      expected.error?.Class,
      expected.error?.msgIncludes,
    );
  }
}

/** Asserts one argument of one call of a spy, and returns it. */
export function assertSpyCallArg<Self, Args extends unknown[], R, Expected>(
  spy: Spy<Self, Args, R>,
  callIndex: number,
  argIndex: number,
  expected: Expected,
): Expected {
  const arg = callAt(spy, callIndex).args[argIndex];
  assertEquals<unknown>(arg, expected, "Spy called with another argument");
  return arg as Expected;
}

function callAt<Self, Args extends unknown[], R>(
  spy: Spy<Self, Args, R>,
  index: number,
): SpyCall<Self, Args, R> {
  const call = spy.calls[index];
  if (call) return call;
  throw new AssertionError(
    `Spy not called as much as expected: no call ${index} of ${spy.calls.length}`,
  );
}
