import { assertEquals } from "@std/assert";
import type { Reply, StepPolicy, TransportError } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { defineJob, jobs } from "./_job.ts";
import { ACCEPTED, createWorld, DONE, endOf, errorOf, outcomeOf, PENDING } from "./_world.ts";

const retry = { attempts: 3, baseMs: 1_000 }; // by chance of 0.5: pauses of 500 ms and 1 000 ms
const ANSWER: ScriptedResponse = { status: 200, json: 7 };
const LATER = { "retry-after": "1" };
const MALFORMED = { status: 200, text: "{", headers: { "content-type": "application/json" } };

/** What becomes of a first request with a fault: sent again, or ended with a code. */
type Fate = "again" | "transport" | "request-rejected" | "protocol";

const faults: [what: string, response: ScriptedResponse, fates: Record<keyof typeof jobs, Fate>][] =
  [
    ["is refused a connection", { refuse: true }, {
      always: "again",
      unsent: "again",
      answered: "again",
      once: "again",
    }],
    ["loses its connection", { drop: true }, {
      always: "again",
      unsent: "transport",
      answered: "transport",
      once: "again",
    }],
    ["is never answered", { hang: true }, {
      always: "again",
      unsent: "transport",
      answered: "transport",
      once: "again",
    }],
    ["is answered 429", { status: 429 }, {
      always: "again",
      unsent: "again",
      answered: "again",
      once: "again",
    }],
    ["is answered 503 with Retry-After", { status: 503, headers: LATER }, {
      always: "again",
      unsent: "again",
      answered: "again",
      once: "again",
    }],
    ["is answered 503", { status: 503 }, {
      always: "again",
      unsent: "request-rejected",
      answered: "again",
      once: "again",
    }],
    ["is answered 500", { status: 500 }, {
      always: "again",
      unsent: "request-rejected",
      answered: "again",
      once: "again",
    }],
    ["is answered 408", { status: 408 }, {
      always: "again",
      unsent: "request-rejected",
      answered: "again",
      once: "again",
    }],
    ["is answered 502", { status: 502 }, {
      always: "again",
      unsent: "request-rejected",
      answered: "request-rejected",
      once: "again",
    }],
    ["is answered 504 with Retry-After", { status: 504, headers: LATER }, {
      always: "again",
      unsent: "request-rejected",
      answered: "request-rejected",
      once: "again",
    }],
    ["is answered half a JSON", MALFORMED, {
      always: "protocol",
      unsent: "protocol",
      answered: "protocol",
      once: "again",
    }],
    ...[400, 401, 403, 404, 409, 501, 505].map((status) =>
      [`is answered ${status}`, { status }, {
        always: "request-rejected",
        unsent: "request-rejected",
        answered: "request-rejected",
        once: "request-rejected",
      }] as [string, ScriptedResponse, Record<keyof typeof jobs, Fate>]
    ),
  ];

for (const [what, response, fates] of faults) {
  for (const [policy, fate] of Object.entries(fates)) {
    Deno.test(`a request that may be repeated "${policy}" and ${what}: ${fate}`, async () => {
      await using world = createWorld([response, ANSWER], { retry });
      const handle = world.runtime.start(jobs[policy as keyof typeof jobs]());
      const outcome = await outcomeOf(world, handle);
      assertEquals(endOf(outcome), fate === "again" ? "succeeded" : fate);
      assertEquals(world.fetch.requests.length, fate === "again" ? 2 : 1);
      assertEquals(outcome.requests, world.fetch.requests.length);
      assertEquals(world.clock.timers, 0);
    });
  }
}

Deno.test('a request that may be repeated "once" is lost twice and not sent a third time', async () => {
  await using world = createWorld([{ drop: true }, { drop: true }, ANSWER], { retry });
  const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.once())));
  assertEquals([error.code, (error as TransportError).attempts], ["transport", 2]);
  assertEquals(world.times(), [0, 500]);
});

Deno.test('a request that may be repeated "once" and is certainly unsent counts for nothing', async () => {
  const answers = [{ refuse: true }, { drop: true }, { refuse: true }, ANSWER];
  await using world = createWorld(answers, { retry: { attempts: 9, baseMs: 1_000 } });
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(jobs.once()))), "succeeded");
});

Deno.test("retries end with the attempts that the policy allows, and its last answer counts", async () => {
  await using world = createWorld([{ drop: true }, { status: 500 }, { status: 502 }, ANSWER], {
    retry,
  });
  const outcome = await outcomeOf(world, world.runtime.start(jobs.always()));
  assertEquals(endOf(outcome), "request-rejected");
  assertEquals(errorOf(outcome).lastReply?.status, 502);
  assertEquals(world.times(), [0, 500, 1_500]);
});

Deno.test("pauses between attempts double up to their bound, by the share that chance says", async () => {
  const timesByChance: [chance: number, times: number[]][] = [
    [0, [0, 1, 2, 3, 4, 5]], // a pause of nothing takes until the next millisecond
    [0.99, [0, 99, 297, 693, 1_188, 1_683]],
  ];
  for (const [chance, times] of timesByChance) {
    await using world = createWorld(Array(6).fill({ status: 500 }), {
      retry: { attempts: 6, baseMs: 100, maxMs: 500 },
      random: () => chance,
    });
    await outcomeOf(world, world.runtime.start(jobs.always()));
    assertEquals(world.times(), times);
  }
});

Deno.test("retry: false means one attempt", async () => {
  await using world = createWorld([{ status: 500 }], { retry: false });
  const outcome = await outcomeOf(world, world.runtime.start(jobs.always()));
  assertEquals([endOf(outcome), outcome.requests], ["request-rejected", 1]);
});

Deno.test("polls in trouble for ever end with transport and a token that goes on", async () => {
  await using world = createWorld([ACCEPTED], { retry, thenRepeat: { drop: true } });
  const error = errorOf(
    await outcomeOf(world, world.runtime.start(jobs.unsent())),
  ) as TransportError;
  assertEquals([error.code, error.attempts, error.requests, error.polls], ["transport", 3, 4, 0]);
  await using better = createWorld([PENDING, DONE]);
  const again = better.runtime.restore(error.token!);
  assertEquals(endOf(await outcomeOf(better, again)), "succeeded");
  assertEquals(better.asked(), ["GET /jobs/1", "GET /jobs/1"]);
});

Deno.test("each request has attempts of its own", async () => {
  const trouble = [{ drop: true }, { drop: true }];
  await using world = createWorld([ACCEPTED, ...trouble, PENDING, ...trouble, DONE], { retry });
  const outcome = await outcomeOf(world, world.runtime.start(jobs.unsent()));
  assertEquals([endOf(outcome), outcome.requests, outcome.polls], ["succeeded", 7, 2]);
});

Deno.test("after a hundred retries an origin in trouble is asked at the slowest pace, another is not", async () => {
  const slowest = { attempts: 4, baseMs: 10, maxMs: 60_000 };
  await using world = createWorld([], {
    retry: slowest,
    thenRepeat: { status: 500 },
    around: (fetch) => (input, init) =>
      String(input).includes("well.example")
        ? Promise.resolve(Response.json(1))
        : fetch(input, init),
  });
  const { runtime, clock } = world;
  const call = { method: "POST", url: "https://well.example/" };
  // 50 jobs of 3 retries each: 100 are quick, 50 are not.
  const handles = Array.from({ length: 50 }, () => runtime.start(jobs.always()));
  await clock.advance(1_000);
  assertEquals(world.fetch.requests.length, 150);
  assertEquals(endOf(await outcomeOf(world, runtime.start(jobs.always({ call })))), "succeeded");
  await clock.advance(58_000);
  assertEquals(world.fetch.requests.length, 150);
  await clock.runUntil(Promise.all(handles.map((handle) => handle.outcome())));
  assertEquals(world.fetch.requests.length, 200);
});

for (const hook of ["isTransient", "holdUntil"] as const) {
  Deno.test(`a kind whose ${hook}() throws is reported, and treated as one without it`, async () => {
    const policy: StepPolicy = {
      repeat: "always",
      [hook]: () => {
        throw new TypeError(hook);
      },
    };
    const job = defineJob(hook, policy);
    await using world = createWorld([{ status: 503 }, ANSWER], { retry });
    const outcome = await outcomeOf(world, world.runtime.start(job()));
    assertEquals([endOf(outcome), outcome.requests], ["succeeded", 2]);
    assertEquals(world.reported.map((error) => (error as Error).message), [hook, hook]);
  });
}

Deno.test("what a step's policy holds is asked as its own", async () => {
  const policy = {
    repeat: "always",
    unwell: 418,
    isTransient({ status }: Reply): boolean {
      return status === this.unwell;
    },
  } as const;
  await using world = createWorld([{ status: 418 }, ANSWER], { retry });
  const outcome = await outcomeOf(world, world.runtime.start(defineJob("own", policy)()));
  assertEquals([endOf(outcome), outcome.requests], ["succeeded", 2]);
});
