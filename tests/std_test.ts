/**
 * What our tests rely on in `@std`. It holds for the stand-ins under `tests/std`
 * and for the genuine packages alike.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
} from "@std/assert";
import {
  isErrorStatus,
  isStatus,
  isSuccessfulStatus,
  STATUS_CODE,
  STATUS_TEXT,
} from "@std/http/status";
import { type Route, route } from "@std/http/unstable-route";
import {
  assertSpyCall,
  assertSpyCallArg,
  assertSpyCalls,
  MockError,
  type Spy,
  spy,
  stub,
} from "@std/testing/mock";
import { FakeTime, TimeError } from "@std/testing/time";
import {
  assertType,
  type Has,
  type IsAny,
  type IsExact,
  type IsNever,
  type IsNullable,
} from "@std/testing/types";

/** Asserts that an assertion fails, with those words. */
function refused(assertion: () => void, msgIncludes?: string): void {
  assertThrows(assertion, AssertionError, msgIncludes);
}

class Point {
  constructor(readonly x: number, readonly y = 0) {}
  get sum(): number {
    return this.x + this.y;
  }
  scaled(by: number): number {
    return this.x * by;
  }
}

Deno.test("equal() compares primitives by value, zeros and NaN as one", () => {
  assert(equal(0, -0));
  assert(equal([NaN], [NaN]));
  assert(equal(1n, 1n));
  assertFalse(equal(1, "1"));
  assertFalse(equal(null, undefined));
  assertFalse(equal({}, null));
});

Deno.test("equal() tells a missing property from an undefined one", () => {
  assertFalse(equal({ a: undefined }, {}));
  assertFalse(equal({ a: undefined }, { b: undefined }));
  assert(equal({ a: undefined }, { a: undefined }));
});

Deno.test("equal() compares arrays, holes and length included", () => {
  assert(equal([1, [2]], [1, [2]]));
  assertFalse(equal([1, 2], [2, 1]));
  assertFalse(equal([1], [1, undefined]));
  assertFalse(equal([1], { 0: 1 }));
});

Deno.test("equal() compares instances by class and by all they answer to", () => {
  assert(equal(new Point(1, 2), new Point(1, 2)));
  assertFalse(equal(new Point(1, 2), new Point(2, 1)));
  assertFalse(equal(new Point(1), { x: 1, y: 0 }));
  assert(equal(Object.assign(Object.create(null), { a: 1 }), { a: 1 }));
  assertFalse(equal(new TypeError("a"), new RangeError("a")));
  assertFalse(equal(new Error("a"), new Error("b")));
});

Deno.test("equal() compares dates, patterns, URLs and bytes by what they say", () => {
  assert(equal(new Date(1), new Date(1)));
  assert(equal(new Date(NaN), new Date(NaN)));
  assertFalse(equal(new Date(1), new Date(2)));
  assert(equal(/a/g, /a/g));
  assertFalse(equal(/a/g, /a/i));
  assert(equal(new URL("http://a/b"), new URL("http://a/b")));
  assertFalse(equal(new URL("http://a/b"), new URL("http://a/c")));
  assert(equal(new Uint8Array([1, 2]), new Uint8Array([1, 2])));
  assertFalse(equal(new Uint8Array([1, 2]), new Uint8Array([1, 3])));
  assertFalse(equal(new Uint8Array([1]), new Uint16Array([1])));
});

Deno.test("equal() compares sets and maps in any order, keys by structure", () => {
  assert(equal(new Set([1, 2]), new Set([2, 1])));
  assert(equal(new Set([{ a: 1 }]), new Set([{ a: 1 }])));
  assertFalse(equal(new Set([1, 2]), new Set([1, 3])));
  assert(
    equal(new Map([[{ a: 1 }, { b: 2 }]]), new Map([[{ a: 1 }, { b: 2 }]])),
  );
  assertFalse(equal(new Map([["a", 1]]), new Map([["a", 2]])));
  assertFalse(equal(new Map([["a", 1]]), new Map([["b", 1]])));
});

Deno.test("equal() follows circles and refuses what it cannot look into", () => {
  const circle = (): Record<string, unknown> => {
    const self: Record<string, unknown> = { a: 1 };
    self["self"] = self;
    return self;
  };
  assert(equal(circle(), circle()));
  assertThrows(() => equal(new WeakMap(), new WeakMap()), TypeError);
});

Deno.test("assertEquals() shows both values and the caller's words", () => {
  assertEquals({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] });
  refused(() => assertEquals(1, 2), "Values are not equal.");
  refused(
    () => assertEquals(1, 2, "so it is"),
    "Values are not equal: so it is",
  );
});

Deno.test("assertNotEquals() refuses equal structures", () => {
  assertNotEquals({ a: 1 }, { a: 2 });
  refused(() => assertNotEquals({ a: 1 }, { a: 1 }));
});

Deno.test("assertStrictEquals() wants one and the same", () => {
  const value = {};
  assertStrictEquals(value, value);
  assertStrictEquals(NaN, NaN);
  refused(() => assertStrictEquals({}, {}), "not reference-equal");
  refused(() => assertStrictEquals(0, -0));
});

Deno.test("assert() and assertFalse() look at truth alone", () => {
  assert(1);
  assertFalse("");
  refused(() => assert(0, "a word"), "a word");
  refused(() => assertFalse("x", "a word"), "a word");
});

Deno.test("assertExists() takes everything but null and undefined", () => {
  assertExists(0);
  refused(() => assertExists(null), "null or undefined");
  refused(() => assertExists(undefined), "null or undefined");
});

Deno.test("assertInstanceOf() names both classes", () => {
  assertInstanceOf(new TypeError(), Error);
  refused(() => assertInstanceOf(new Point(1), Date), `but was "Point"`);
  refused(() => assertInstanceOf("x", Date), `but was "string"`);
});

Deno.test("assertStringIncludes() and assertMatch() read text", () => {
  assertStringIncludes("abc", "b");
  assertMatch("abc", /^a/);
  refused(() => assertStringIncludes("abc", "d"), "to contain");
  refused(() => assertMatch("abc", /^b/), "to match");
});

Deno.test("the comparisons compare", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(2, 2);
  assertLess(1, 2);
  assertLessOrEqual("a", "a");
  refused(() => assertGreater(1, 1));
  refused(() => assertGreaterOrEqual(1, 2));
  refused(() => assertLess(1, 1));
  refused(() => assertLessOrEqual(2, 1));
  refused(() => assertLess(NaN, 1));
});

Deno.test("assertAlmostEquals() allows 1e-7 of the value, or what it is told", () => {
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(1.5, 1, 0.5);
  assertAlmostEquals(Infinity, Infinity);
  refused(() => assertAlmostEquals(1.000001, 1));
  refused(() => assertAlmostEquals(1.6, 1, 0.5));
});

Deno.test("fail() fails", () => {
  refused(() => fail(), "Failed assertion.");
  refused(() => fail("a word"), "Failed assertion: a word");
});

Deno.test("assertObjectMatch() looks at what is expected only", () => {
  const actual = {
    a: 1,
    b: { c: [1, { d: 2 }, 3], e: null },
    f: new Map([["g", 1]]),
  };
  assertObjectMatch(actual, { b: { c: [1, { d: 2 }] } });
  assertObjectMatch(actual, { f: new Map([["g", 1]]) });
  assertObjectMatch({ point: new Point(1) }, { point: { x: 1 } });
  refused(() => assertObjectMatch(actual, { b: { c: [1, 2] } }));
  refused(() => assertObjectMatch(actual, { b: { e: {} } }));
  refused(() => assertObjectMatch(actual, { a: undefined }));
  refused(() => assertObjectMatch(actual, { z: undefined }));
  refused(() => assertObjectMatch({ a: [1] }, { a: [1, 2] }));
});

Deno.test("assertObjectMatch() looks at own properties, not at what a class answers to", () => {
  assertObjectMatch({ point: new Point(1) }, { point: { x: 1, y: 0 } });
  refused(() => assertObjectMatch(new Point(1) as unknown as { x: number }, { sum: 1 }));
  refused(() => assertObjectMatch({ point: new Point(1) }, { point: { sum: 1 } }));
  refused(() =>
    assertObjectMatch(new Response() as unknown as { status: number }, { status: 200 })
  );
});

Deno.test("assertObjectMatch() tells an array from an object, and sets by what they hold itself", () => {
  const held = { a: 1 };
  assertObjectMatch({ set: new Set([held, 2, 3]) }, { set: new Set([held, 2]) });
  refused(() => assertObjectMatch({ set: new Set([held]) }, { set: new Set([{ a: 1 }]) }));
  refused(() => assertObjectMatch({ list: [1] }, { list: { 0: 1 } }));
});

Deno.test("assertThrows() returns what was thrown", () => {
  const error = new TypeError("a word");
  const raise = (thrown: unknown) => () => {
    throw thrown;
  };
  assertStrictEquals(assertThrows(raise(error)), error);
  assertStrictEquals(assertThrows(raise("text")), "text");
  assertStrictEquals(assertThrows(raise(error), Error, "word"), error);
  refused(() => assertThrows(() => {}), "Expected function to throw.");
  refused(() => assertThrows(() => {}, "as said"), "to throw: as said");
  refused(
    () => assertThrows(raise(error), RangeError),
    'Expected error to be instance of "RangeError", but was "TypeError".',
  );
  refused(() => assertThrows(raise(error), TypeError, "other"), "to include");
  refused(
    () => assertThrows(raise("text"), Error),
    "A non-Error object was thrown",
  );
});

Deno.test("assertRejects() tells a rejection from a throw and from a value", async () => {
  const error = new TypeError("a word");
  const refuse = (assertion: Promise<unknown>, msgIncludes: string) =>
    assertRejects(() => assertion, AssertionError, msgIncludes);

  assertStrictEquals(
    await assertRejects(() => Promise.reject(error), TypeError, "word"),
    error,
  );
  assertStrictEquals(await assertRejects(() => Promise.reject("text")), "text");
  await refuse(
    assertRejects(() => {
      throw error;
    }),
    "Function throws when expected to reject.",
  );
  await refuse(
    assertRejects(() => Promise.resolve(1)),
    "Expected function to reject.",
  );
  await refuse(
    assertRejects(() => Promise.reject(error), RangeError),
    "to be instance of",
  );
  await refuse(
    assertRejects(() => Promise.reject("text"), Error),
    "A non-Error object was rejected",
  );
});

Deno.test("assertIsError() reads class and message", () => {
  assertIsError(new TypeError("a word"), Error, /^a/);
  refused(() => assertIsError("text"), "to be an Error object");
  refused(() => assertIsError(new Error("a"), Error, "b"));
});

Deno.test("spy() writes down the calls of a function", () => {
  const double = spy((n: number) => {
    if (n < 0) throw new RangeError("negative");
    return n * 2;
  });
  assertEquals(double(2), 4);
  assertThrows(() => double(-1), RangeError);
  assertSpyCalls(double, 2);
  assertSpyCall(double, 0, { args: [2], returned: 4 });
  assertSpyCall(double, 1, {
    error: { Class: RangeError, msgIncludes: "neg" },
  });
  assertEquals(assertSpyCallArg(double, 1, 0, -1), -1);
  assertThrows(() => double.restore(), MockError);
});

Deno.test("spy() without a function does nothing", () => {
  const nothing: Spy = spy();
  assertEquals(nothing("a"), undefined);
  assertSpyCall(nothing, 0, { args: ["a"], returned: undefined });
});

Deno.test("spy() on a method keeps what it does, and restores it", () => {
  const point = new Point(3);
  const scaled = spy(point, "scaled");
  assertEquals(point.scaled(2), 6);
  assertSpyCall(scaled, 0, { self: point, args: [2], returned: 6 });
  assertThrows(() => spy(point, "scaled"), MockError, "already spying");
  assertFalse(scaled.restored);
  scaled.restore();
  assert(scaled.restored);
  assertStrictEquals(point.scaled, Point.prototype.scaled);
  assertFalse(Object.hasOwn(point, "scaled"));
  assertThrows(() => scaled.restore(), MockError, "already restored");
});

Deno.test("stub() replaces a method until its scope ends", () => {
  const point = new Point(3);
  {
    using scaled = stub(point, "scaled", (by) => by + 100);
    assertEquals(point.scaled(2), 102);
    assertSpyCalls(scaled, 1);
    assertStrictEquals(scaled.original, Point.prototype.scaled);
  }
  assertEquals(point.scaled(2), 6);
});

Deno.test("stub() puts an own property back as it was", () => {
  const object = {};
  const method = () => 1;
  const descriptor = {
    value: method,
    configurable: true,
    enumerable: false,
    writable: false,
  };
  Object.defineProperty(object, "method", descriptor);
  const stubbed = stub(object as { method: () => number }, "method");
  stubbed.restore();
  assertEquals(Object.getOwnPropertyDescriptor(object, "method"), descriptor);
});

Deno.test("the claims on spies fail where they should", () => {
  const double = spy((n: number) => n * 2);
  double(1);
  refused(() => assertSpyCalls(double, 2), "not called as much as expected");
  refused(() => assertSpyCalls(double, 0), "called more than expected");
  refused(() => assertSpyCall(double, 1), "not called as much as expected");
  refused(() => assertSpyCall(double, 0, { args: [2] }));
  refused(() => assertSpyCall(double, 0, { returned: 3 }));
  refused(() => assertSpyCall(double, 0, { error: {} }));
  refused(() => assertSpyCallArg(double, 0, 0, 2));
});

Deno.test("FakeTime fakes Date and timers, in order of time and then of creation", async () => {
  const fired: [string, number][] = [];
  const note = (name: string) => () => fired.push([name, Date.now()]);
  {
    using time = new FakeTime(1_000);
    setTimeout(note("c"), 30);
    setTimeout(note("a"), 10.9);
    setTimeout(note("b"), 10);
    clearTimeout(setTimeout(note("never"), 5));
    const interval = setInterval(note("every"), 20);
    assertEquals(new Date().getTime(), 1_000);
    time.tick(20);
    clearInterval(interval);
    await time.tickAsync(100);
    assertEquals([time.start, time.now, Date.now()], [1_000, 1_120, 1_120]);
    assertFalse(time.next());
    Promise.resolve().then(note("promise"));
    await time.runMicrotasks();
  }
  assertThrows(() => new FakeTime(NaN), TimeError);
  assertEquals(fired, [["a", 1_010], ["b", 1_010], ["every", 1_020], ["c", 1_030], [
    "promise",
    1_120,
  ]]);
  assertGreater(Date.now(), 1_000_000);
});

Deno.test("the claims on types are checked by the compiler", () => {
  assertType<IsExact<{ a: string }, { a: string }>>(true);
  assertType<IsExact<{ a: string }, { a: string | number }>>(false);
  assertType<IsExact<{ a: string }, { a?: string }>>(false);
  // deno-lint-ignore no-explicit-any
  assertType<IsExact<{ a: any }, { a: string }>>(false);
  // deno-lint-ignore no-explicit-any
  assertType<IsAny<any>>(true);
  assertType<IsAny<unknown>>(false);
  assertType<IsNever<never>>(true);
  assertType<IsNullable<string | undefined>>(true);
  assertType<Has<string | number, number>>(true);
});

Deno.test("STATUS_CODE and STATUS_TEXT go by name and by number", () => {
  assertEquals(STATUS_CODE.NotFound, 404);
  assertEquals(STATUS_TEXT[STATUS_CODE.NotFound], "Not Found");
  assertEquals(STATUS_TEXT[414], "URI Too Long");
  assertEquals(STATUS_TEXT[418], "I'm a teapot");
  assertEquals(STATUS_TEXT[203], "Non-Authoritative Information");
  assertEquals(STATUS_TEXT[207], "Multi-Status");
  assertEquals(STATUS_TEXT[407], "Proxy Authentication Required");
  assertEquals(STATUS_TEXT[505], "HTTP Version Not Supported");
  assert(isStatus(200));
  assertFalse(isStatus(299));
  assert(isSuccessfulStatus(204));
  assert(isErrorStatus(404));
  assert(isErrorStatus(503));
  assertFalse(isErrorStatus(302));
});

Deno.test("route() goes to the first route that matches URL and method", async () => {
  const routes: Route[] = [
    {
      pattern: new URLPattern({ pathname: "/things/:id" }),
      method: ["PUT", "DELETE"],
      handler: (request) => new Response(request.method),
    },
    {
      pattern: new URLPattern({ pathname: "/things/:id" }),
      method: "GET",
      handler: (_request, params) => new Response(params?.pathname.groups["id"] ?? ""),
    },
    {
      pattern: new URLPattern({ pathname: "/things" }),
      method: "POST",
      handler: () => Promise.resolve(new Response("made", { status: 201 })),
    },
  ];
  const serve = route(routes, () => new Response("none", { status: 404 }));
  const text = async (path: string, method = "GET") => {
    const request = new Request(`http://localhost${path}`, { method });
    return await (await serve(request)).text();
  };
  assertEquals(await text("/things/7"), "7");
  assertEquals(await text("/things/7", "DELETE"), "DELETE");
  assertEquals(await text("/things", "POST"), "made");
  assertEquals(await text("/things"), "none");
  assertEquals(await text("/things/7", "PATCH"), "none");
});

Deno.test("route() takes a route without a method for every method", async () => {
  const pattern = new URLPattern({ pathname: "/things/:id" });
  const serve = route(
    [
      { pattern, method: "PUT", handler: () => new Response("put") },
      { pattern, handler: (request) => new Response(request.method) },
    ],
    () => new Response("none", { status: 404 }),
  );
  const text = async (method: string, path = "/things/7") => {
    const response = await serve(new Request(`http://localhost${path}`, { method }));
    return await response.text();
  };
  for (const method of ["GET", "POST", "DELETE", "PATCH", "OPTIONS"]) {
    assertEquals(await text(method), method);
  }
  assertEquals(await text("PUT"), "put");
  assertEquals(await text("POST", "/others"), "none");
});
