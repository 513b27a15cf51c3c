/** What fetch is given, and what it may give back. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { TransportError } from "@lro/machines";
import { jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, errorOf, outcomeOf } from "./_world.ts";

const retry = { attempts: 3, baseMs: 1_000 };

Deno.test("one attempt lasts no longer than requestTimeoutMs, its signal aborts, its place is given back", async () => {
  const signals: AbortSignal[] = [];
  await using world = createWorld([], {
    retry: { attempts: 2, baseMs: 200 },
    requestTimeoutMs: 5_000,
    maxConcurrentRequests: 1,
    around: () => (_input, init) => {
      signals.push(init!.signal!);
      return new Promise(() => {}); // and ignores its signal
    },
  });
  const error = errorOf(
    await outcomeOf(world, world.runtime.start(jobs.always())),
  ) as TransportError;
  assertEquals([error.code, error.elapsedMs, error.attempts], ["transport", 10_100, 2]);
  assertMatch(error.message, /no answer within 5 s/);
  assertEquals(signals.map(({ aborted, reason }) => [aborted, reason.name]), [
    [true, "TimeoutError"],
    [true, "TimeoutError"],
  ]);
  assertEquals(world.clock.timers, 0);
});

Deno.test("a request that takes the timer of an earlier one has its whole time, and no more", async () => {
  const answers: (() => void)[] = [];
  await using world = createWorld([], {
    retry: false,
    requestTimeoutMs: 5_000,
    around: () => () =>
      new Promise((resolve) => answers.push(() => resolve(Response.json({ done: 1 })))),
  });
  const job = (path: string) =>
    jobs.always({ call: { method: "GET", url: `https://jobs.example${path}` } });
  const first = world.runtime.start(job("/1"));
  const second = world.runtime.start(job("/2"));
  await world.clock.advance(3_000);
  answers[0]!(); // its timer, due at 5 s, stays for the third
  await first.result();
  const third = world.runtime.start(job("/3"));
  const elapsed = [second, third].map(async (handle) => (await handle.outcome()).elapsedMs);
  assertEquals(await world.clock.runUntil(Promise.all(elapsed)), [5_000, 5_000]);
  assertEquals(world.clock.timers, 0);
});

Deno.test("an operation that is stopped while its request times out does so once", async () => {
  const controller = new AbortController();
  let requests = 0;
  await using world = createWorld([], {
    retry: { attempts: 3, baseMs: 100 },
    requestTimeoutMs: 5_000,
    maxConcurrentRequests: 2,
    around: () => (_input, init) => {
      if (requests++ === 0) {
        init!.signal!.addEventListener("abort", () => controller.abort("enough"));
      }
      return new Promise(() => {});
    },
  });
  const handle = world.runtime.start(jobs.always(), { signal: controller.signal });
  const others = [1, 2, 3].map((path) =>
    jobs.always({ call: { method: "GET", url: `https://jobs.example/${path}` } })
  );
  const told = handle.result().catch((reason) => reason);
  assertEquals(await world.clock.runUntil(told), "enough");
  await world.clock.advance(60_000);
  assertEquals([requests, world.clock.timers], [1, 0]);

  // What they are sent with is not one and the same thing, and there are two places as before.
  const handles = others.map((operation) => world.runtime.start(operation));
  await world.clock.advance(100);
  assertEquals([requests, handles.map(({ snapshot }) => snapshot.requests)], [3, [1, 1, 0]]);
});

for (const answer of ["comes", "is lost"]) {
  Deno.test(`an operation that is stopped by the next request, when its answer ${answer}, is stopped once`, async () => {
    const controller = new AbortController();
    const settle: (() => void)[] = [];
    await using world = createWorld([], {
      maxConcurrentRequests: 2,
      around: () => (input) => {
        const number = settle.length;
        if (number === 2) controller.abort("enough"); // the third request stops the first operation
        return new Promise((resolve, reject) =>
          settle.push(() => {
            if (number === 0 && answer === "is lost") reject("reset");
            // While these two pause, two others are on their way too.
            else if (number === 1 || number === 2) resolve(new Response(null, { status: 503 }));
            else resolve(Response.json(input));
          })
        );
      },
    });
    const urls = [1, 2, 3, 4, 5].map((path) => `https://jobs.example/${path}`);
    const [first, ...others] = urls.map((url, index) =>
      world.runtime.start(
        jobs.always({ call: { method: "GET", url } }),
        index === 0 ? { signal: controller.signal } : {},
      )
    );
    settle[0]!();
    assertEquals(await first!.result().catch((reason) => reason), "enough");
    const results = Promise.all(others.map((handle) => handle.result()));
    for (let index = 1; index < 7; index++) {
      await world.clock.advance(1);
      if (index === 5) await world.clock.advance(30_000);
      settle[index]!();
    }
    assertEquals(await world.clock.runUntil(results), urls.slice(1));
    assertEquals([settle.length, first!.snapshot.status], [7, "stopped"]);
  });
}

Deno.test("the timeout covers the body too", async () => {
  await using world = createWorld([], {
    retry: false,
    requestTimeoutMs: 5_000,
    around: () => () => Promise.resolve(new Response(new ReadableStream({}))),
  });
  const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.always())));
  assertEquals([error.code, error.elapsedMs], ["transport", 5_000]);
});

Deno.test("a body that breaks off counts as a lost answer", async () => {
  await using world = createWorld([], {
    retry: false,
    around: () => () => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"done":'));
          controller.error(new TypeError("connection reset"));
        },
      });
      return Promise.resolve(new Response(body));
    },
  });
  const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.always())));
  assertEquals([error.code, error.cause instanceof TypeError], ["transport", true]);
});

Deno.test("a response that comes after its attempt was given up is let go of", async () => {
  let answer: (response: Response) => void = () => {};
  let isCanceled = false;
  await using world = createWorld([], {
    around: () => () => new Promise<Response>((resolve) => answer = resolve),
  });
  const controller = new AbortController();
  const result = world.runtime.start(jobs.always(), { signal: controller.signal }).result();
  controller.abort("enough");
  assertEquals(await result.catch((reason) => reason), "enough");
  answer(new Response(new ReadableStream({ cancel: () => void (isCanceled = true) })));
  await world.clock.advance(0);
  assertEquals(isCanceled, true);
});

// deno-lint-ignore no-explicit-any -- whatever somebody's wrapper may do
const wrongs: [what: string, fetch: () => any][] = [
  ["throws", () => {
    throw new Error("no proxy");
  }],
  ["returns nothing", () => undefined],
  ["returns a response instead of a promise", () => Response.json({})],
  ["returns something with a then that only calls back", () => ({
    then: (done: (response: unknown) => void) => {
      done({ what: "ever" });
    },
  })],
  ["yields nothing", () => Promise.resolve()],
  ["yields null", () => Promise.resolve(null)],
  ["yields an object that is no response", () => Promise.resolve({ status: 200 })],
  [
    "yields a response without a status",
    () => Promise.resolve({ headers: new Headers(), body: null }),
  ],
  ["yields a response that was read before", async () => {
    const response = Response.json({});
    await response.text();
    return response;
  }],
  ["rejects with nothing", () => Promise.reject()],
  ["rejects with a text", () => Promise.reject("no proxy")],
  ["rejects with an object without a prototype", () => Promise.reject(Object.create(null))],
  [
    "rejects with an object whose message is no text",
    () => Promise.reject({ message: Symbol("x") }),
  ],
  ["rejects with an error that causes itself", () => {
    const error = new Error("round");
    error.cause = error;
    return Promise.reject(error);
  }],
  ["rejects with a number beyond JSON", () => Promise.reject(10n)],
];

for (const [what, fetch] of wrongs) {
  Deno.test(`a fetch that ${what} ends the operation and nothing else`, async () => {
    await using world = createWorld([], { retry, around: () => fetch });
    const outcome = await outcomeOf(world, world.runtime.start(jobs.always()));
    const error = errorOf(outcome);
    assert(["transport", "protocol"].includes(error.code), error.code);
    assert(error.message.length > 20, error.message);
    assertEquals(JSON.parse(JSON.stringify(error)).code, error.code);
    assertEquals(world.clock.timers, 0);
    assertEquals(world.reported, []);
  });
}

Deno.test("what fetch is given is a plain request, never followed and never shared", async () => {
  const inits: RequestInit[] = [];
  await using world = createWorld([ACCEPTED, DONE], {
    around: (fetch) => (input, init) => {
      inits.push(init!);
      return fetch(input, init);
    },
  });
  const call = {
    method: "POST",
    url: "https://jobs.example/jobs",
    body: { a: [1, null] },
    headers: { "x-a": "1" },
  };
  await outcomeOf(world, world.runtime.start(jobs.unsent({ call })));
  const [start, poll] = inits;
  assertEquals([start?.method, start?.redirect, start?.body], ["POST", "manual", '{"a":[1,null]}']);
  assertEquals(start?.headers, { "content-type": "application/json", "x-a": "1" });
  assertEquals([poll?.method, poll?.redirect, poll?.body], ["GET", "manual", undefined]);
});

for (
  const [what, body, headers, sent, type] of [
    ["a text", "a=1", { "content-type": "text/x" }, "a=1", "text/x"],
    ["bytes", new Uint8Array([97, 61, 50]), {}, "a=2", null],
    [
      "JSON with a type of its own",
      { a: 3 },
      { "Content-Type": "application/merge-patch+json" },
      '{"a":3}',
      "application/merge-patch+json",
    ],
    ["JSON null", null, {}, "null", "application/json"],
    ["false", false, {}, "false", "application/json"],
  ] as const
) {
  Deno.test(`a body that is ${what} is sent as it should be`, async () => {
    let request: Request | undefined;
    await using world = createWorld([], {
      around: () => (input, init) => {
        request = new Request(input, {
          method: init!.method!,
          headers: init!.headers!,
          body: init!.body!,
        });
        return Promise.resolve(Response.json(1));
      },
    });
    const call = { method: "PUT", url: "https://jobs.example/jobs", body, headers };
    await outcomeOf(world, world.runtime.start(jobs.unsent({ call })));
    assertEquals(await request!.text(), sent);
    if (type !== null) assertEquals(request!.headers.get("content-type"), type);
  });
}
