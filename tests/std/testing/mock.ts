/**
 * Stands in for `@std/testing/mock` where JSR cannot be reached: functions that
 * write down how they are called, and what to claim about it.
 *
 * @module
 */
// deno-lint-ignore-file no-explicit-any
export {
  assertSpyCall,
  assertSpyCallArg,
  assertSpyCalls,
  type ExpectedSpyCall,
} from "./mock_assertions.ts";

/** A spy cannot do what it is asked to. */
export class MockError extends Error {
  /** @param message What was asked, a colon, what stands in the way. */
  constructor(message: string) {
    super(message);
    this.name = "MockError";
  }
}

/** One call of a spy. */
export interface SpyCall<Self = any, Args extends unknown[] = any[], R = any> {
  /** What it was called with. */
  args: Args;
  /** What it returned, if it did. */
  returned?: R;
  /** What it threw, if it did. */
  error?: Error;
  /** What it was called on. */
  self?: Self;
}

/** A function that writes down how it is called. */
export interface Spy<Self = any, Args extends unknown[] = any[], R = any> {
  (this: Self, ...args: Args): R;
  /** The function behind it. */
  original: (this: Self, ...args: Args) => R;
  /** Every call, in order. */
  calls: SpyCall<Self, Args, R>[];
  /** Whether the method is back as it was. */
  restored: boolean;
  /** Puts the method back as it was. */
  restore(): void;
}

/** A spy in the place of a method; `using` restores it. */
export interface MethodSpy<Self = any, Args extends unknown[] = any[], R = any>
  extends Spy<Self, Args, R>, Disposable {}

/** A method spy with a behaviour of its own. */
export interface Stub<Self = any, Args extends unknown[] = any[], R = any>
  extends MethodSpy<Self, Args, R> {
  /** What it does instead. */
  fake: (this: Self, ...args: Args) => R;
}

type Params<Self, Key extends keyof Self> = Self[Key] extends (...args: infer Args) => any ? Args
  : unknown[];
type Returns<Self, Key extends keyof Self> = Self[Key] extends (...args: any[]) => infer R ? R
  : unknown;

/** Makes a spy that does nothing. */
export function spy<Self = any, Args extends unknown[] = any[]>(): Spy<
  Self,
  Args,
  void
>;
/** Makes a spy that does what a function does. */
export function spy<Self, Args extends unknown[], R>(
  func: (this: Self, ...args: Args) => R,
): Spy<Self, Args, R>;
/** Puts a spy in the place of a method, which does what the method does. */
export function spy<Self, Key extends keyof Self>(
  self: Self,
  property: Key,
): MethodSpy<Self, Params<Self, Key>, Returns<Self, Key>>;
export function spy(target?: any, property?: PropertyKey): Spy {
  if (property !== undefined) return replace(target, property);
  return record(target ?? (() => {}), {
    restored: { get: () => false, enumerable: true },
    restore: {
      value: () => {
        throw new MockError("Cannot restore: function cannot be restored");
      },
    },
  });
}

/** Puts a function that does nothing in the place of a method. */
export function stub<Self, Key extends keyof Self>(
  self: Self,
  property: Key,
): Stub<Self, Params<Self, Key>, Returns<Self, Key>>;
/** Puts a function in the place of a method. */
export function stub<Self, Key extends keyof Self>(
  self: Self,
  property: Key,
  func: (
    this: Self,
    ...args: Params<Self, Key>
  ) => Returns<Self, Key>,
): Stub<Self, Params<Self, Key>, Returns<Self, Key>>;
export function stub(
  self: any,
  property: PropertyKey,
  func: (...args: any[]) => any = () => {},
): Stub {
  return replace(self, property, func) as Stub;
}

function replace(
  self: any,
  property: PropertyKey,
  fake?: (...args: any[]) => any,
): MethodSpy {
  const original = self[property];
  const own = Object.getOwnPropertyDescriptor(self, property);
  if (typeof original !== "function" && (original !== undefined || !fake)) {
    throw new MockError("Cannot spy: property is not an instance method");
  }
  if (original !== undefined && "calls" in original && "restore" in original) {
    throw new MockError("Cannot spy: already spying on instance method");
  }
  if (own && !own.configurable) {
    throw new MockError("Cannot spy: non-configurable instance method");
  }
  let restored = false;
  const restore = () => {
    if (restored) {
      throw new MockError("Cannot restore: instance method already restored");
    }
    if (own) Object.defineProperty(self, property, own);
    else delete self[property];
    restored = true;
  };
  const result = record(fake ?? original, {
    ...(fake && { fake: { value: fake, enumerable: true } }),
    original: { value: original, enumerable: true },
    restored: { get: () => restored, enumerable: true },
    restore: { value: restore },
    [Symbol.dispose]: { value: restore },
  });
  Object.defineProperty(self, property, {
    configurable: true,
    enumerable: own?.enumerable ?? false,
    writable: own?.writable ?? true,
    value: result,
  });
  return result as MethodSpy;
}

function record(
  func: (...args: any[]) => any,
  properties: PropertyDescriptorMap,
): Spy {
  const calls: SpyCall[] = [];
  function recorder(this: unknown, ...args: any[]): unknown {
    const call: SpyCall = { args };
    if (this) call.self = this;
    try {
      return call.returned = func.apply(this, args);
    } catch (error) {
      call.error = error as Error;
      throw error;
    } finally {
      calls.push(call);
    }
  }
  return Object.defineProperties(recorder, {
    original: { value: func, enumerable: true },
    calls: { value: calls, enumerable: true },
    ...properties,
  }) as Spy;
}
