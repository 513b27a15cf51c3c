import { assert, assertEquals, assertObjectMatch, assertThrows } from "@std/assert";
import { createMemoryStore } from "@lro/machines/store/memory";
import { elasticio, type LroErrorCode } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { createWorld, endOf, errorOf, outcomeOf } from "../runtime/_world.ts";
import { ELASTICIO_LIVES } from "../data/elasticio_lives.ts";

const EXECUTION = {
  execution_type: "get_meta_model",
  action_or_trigger: "put",
  component: "C",
  account_id: "A",
} as const;
const AUTHORIZATION = "Basic cm9vdDpzZWNyZXQ=";
const ID = "540492e623773659c5000002";

const headers = { authorization: AUTHORIZATION };
const execution = () => elasticio.execution({ execution: EXECUTION, headers });
const poll = () => elasticio.poll({ executionId: ID, headers });

for (const life of ELASTICIO_LIVES) {
  Deno.test(`elastic.io ${life.id}: ${life.claim}`, async () => {
    const responses = life.exchanges.map(({ ask: _, location, ...response }) => ({
      ...response,
      ...(location !== undefined && { headers: { location } }),
    }));
    await using world = createWorld(responses as ScriptedResponse[]);
    const operation = life.operation === "poll" ? poll() : execution();
    const outcome = await outcomeOf(world, world.runtime.start(operation));
    assertEquals(endOf(outcome), life.end);
    world.fetch.assertDone();
    assertEquals(world.asked(), life.exchanges.map(({ ask }) => ask));
    for (const request of world.fetch.requests) {
      assertEquals(request.headers["authorization"], AUTHORIZATION);
      if (request.method === "POST") assertEquals(request.body, EXECUTION);
    }
    if (outcome.kind === "succeeded") return assertEquals<unknown>(outcome.value, life.value);
    const error = errorOf(outcome);
    assert(error.message.includes(life.message ?? ""), error.message);
    assertObjectMatch({ ...error }, life.fields ?? {});
  });
}

const SCHEDULED: ScriptedResponse = {
  status: 202,
  headers: { location: `https://api.elastic.io/v1/exec/poll/${ID}` },
};
const READY: ScriptedResponse = {
  status: 303,
  headers: { location: `/v1/exec/result/${ID}` },
};
const RESULT: ScriptedResponse = { status: 200, json: { data: 42 } };
const message = (status: number, text: string): ScriptedResponse => ({
  status,
  json: { message: text },
});
const MALFORMED: ScriptedResponse = {
  status: 200,
  text: '{"data":',
  headers: { "content-type": "application/json" },
};

type Row = [
  seen: string,
  responses: ScriptedResponse[],
  end: LroErrorCode | "succeeded",
  fields?: Record<string, unknown>,
];

/** Every row of the table: what a step is answered, and how that ends. */
const schedules: Row[] = [
  ["202 without Location", [{ status: 202 }], "protocol"],
  [
    "202 with a Location that is no URL",
    [{ status: 202, headers: { location: "http://" } }],
    "protocol",
  ],
  ["202 with a Location without encryption", [{
    status: 202,
    headers: { location: `http://api.elastic.io/v1/exec/poll/${ID}` },
  }], "protocol"],
  ["201", [{ status: 201 }], "protocol"],
  ["204", [{ status: 204 }], "protocol"],
  ["302", [{ status: 302, headers: { location: "/" } }], "protocol"],
  ["400", [message(400, "Field component is required.")], "request-rejected", {
    status: 400,
    providerMessage: "Field component is required.",
  }],
  ["404 of plain text", [{ status: 404, text: "no such thing" }], "request-rejected", {
    providerMessage: "no such thing",
  }],
  ["502", [message(502, "bad gateway")], "transport"],
  ["503 without Retry-After", [message(503, "busy")], "transport"],
  ["a dropped connection", [{ drop: true }], "transport"],
  ["half a JSON", [{ ...MALFORMED, status: 202 }], "protocol"],
  ["no connection, then 202", [{ refuse: true }, SCHEDULED, READY, RESULT], "succeeded"],
  ["429, then 202", [{ status: 429 }, SCHEDULED, READY, RESULT], "succeeded"],
  ["503 with Retry-After, then 202", [
    { status: 503, headers: { "retry-after": "3" } },
    SCHEDULED,
    READY,
    RESULT,
  ], "succeeded"],
];

const polls: Row[] = [
  ["Expired.", [message(404, "Expired.")], "operation-expired"],
  ["Expired without a full stop", [message(404, "expired")], "operation-expired"],
  ["Result does not exist.", [message(404, "Result does not exist.")], "operation-failed", {
    providerMessage: "Result does not exist.",
  }],
  ["404 without a body", [{ status: 404 }], "operation-failed"],
  [
    "303 with a Location that is no URL",
    [{ status: 303, headers: { location: "mailto:a@b" } }],
    "protocol",
  ],
  ["202", [{ status: 202 }], "protocol"],
  ["301", [{ status: 301, headers: { location: "/" } }], "protocol"],
  ["500 for ever", Array(5).fill(message(500, "x")), "transport", { attempts: 5 }],
  ["500 four times, then 303", [...Array(4).fill(message(500, "x")), READY, RESULT], "succeeded"],
  ["401", [{ status: 401 }], "transport"],
  ["403", [{ status: 403 }], "transport"],
];

const results: Row[] = [
  ["data", [READY, RESULT], "succeeded", { value: 42 }],
  ["no data", [READY, { status: 200, json: {} }], "succeeded", { value: undefined }],
  ["data that is null", [READY, { status: 200, json: { data: null } }], "succeeded", {
    value: null,
  }],
  ["nothing", [READY, { status: 200 }], "succeeded", { value: undefined }],
  ["204", [READY, { status: 204 }], "succeeded", { value: undefined }],
  ["an array", [READY, { status: 200, json: [] }], "protocol"],
  [
    "HTML",
    [READY, { status: 200, text: "<html>", headers: { "content-type": "text/html" } }],
    "protocol",
  ],
  [
    "Rejected.",
    [READY, { status: 400, json: { message: "Rejected.", reason: { a: 1 } } }],
    "operation-failed",
    {
      details: { a: 1 },
      providerMessage: "Rejected.",
    },
  ],
  ["400 without a reason", [READY, message(400, "Rejected.")], "operation-failed", {
    details: { message: "Rejected." },
  }],
  ["404", [READY, message(404, "Result does not exist.")], "operation-expired", {
    resultMayBeLost: undefined,
  }],
  ["a drop, then data", [READY, { drop: true }, RESULT], "succeeded"],
  [
    "a drop, then 404",
    [READY, { drop: true }, message(404, "Result does not exist.")],
    "operation-expired",
    {
      resultMayBeLost: true,
    },
  ],
  ["half a JSON, then 404", [READY, MALFORMED, message(404, "gone")], "operation-expired", {
    resultMayBeLost: true,
  }],
  ["half a JSON, then data", [READY, MALFORMED, RESULT], "succeeded"],
  ["500, then 404", [READY, message(500, "x"), message(404, "gone")], "operation-expired", {
    resultMayBeLost: true,
  }],
  ["two drops", [READY, { drop: true }, { drop: true }], "transport", { resultMayBeLost: true }],
  ["500 twice", [READY, message(500, "x"), message(500, "x")], "transport", {
    resultMayBeLost: true,
  }],
  ["a drop and 500", [READY, { drop: true }, message(500, "x")], "transport", {
    resultMayBeLost: true,
  }],
  [
    "no connection, three times, then data",
    [READY, ...Array(3).fill({ refuse: true }), RESULT],
    "succeeded",
  ],
  ["no connection for ever", [READY, ...Array(5).fill({ refuse: true })], "transport", {
    resultMayBeLost: undefined,
  }],
  ["403", [READY, { status: 403 }], "transport"],
  [
    "a redirect within the origin",
    [READY, { status: 302, headers: { location: "/x" } }, RESULT],
    "succeeded",
  ],
];

const steps = {
  schedule: [execution, schedules],
  poll: [poll, polls],
  retrieve: [poll, results],
} as const;

for (const [step, [operation, rows]] of Object.entries(steps)) {
  for (const [seen, responses, end, fields = {}] of rows) {
    Deno.test(`elastic.io ${step} answered with ${seen}: ${end}`, async () => {
      await using world = createWorld(responses);
      const outcome = await outcomeOf(world, world.runtime.start(operation()));
      assertEquals(endOf(outcome), end);
      world.fetch.assertDone();
      const holder = outcome.kind === "succeeded" ? outcome : outcome.error;
      for (const [name, value] of Object.entries(fields)) {
        assertEquals(Reflect.get(holder, name), value, name);
      }
    });
  }
}

for (
  const location of [
    `https://api.elastic.io/v1/exec/poll/${ID}`,
    `/v1/exec/poll/${ID}`,
    ` https://api.elastic.io/v1/exec/poll/${ID}" `,
    `'/v1/exec/poll/${ID}'`,
  ]
) {
  Deno.test(`elastic.io: a polling URL may be written as ${JSON.stringify(location)}`, async () => {
    await using world = createWorld([{ status: 202, headers: { location } }, READY, RESULT]);
    assertEquals(endOf(await outcomeOf(world, world.runtime.start(execution()))), "succeeded");
    assertEquals(world.fetch.requests[1]?.url, `https://api.elastic.io/v1/exec/poll/${ID}`);
  });
}

Deno.test("elastic.io: no credentials go to a result on another origin", async () => {
  const location = "https://results.example/r/1";
  await using world = createWorld([{ status: 303, headers: { location } }, RESULT]);
  assertEquals(endOf(await outcomeOf(world, world.runtime.start(poll()))), "succeeded");
  assertEquals(world.fetch.requests.map(({ url, headers }) => [url, headers["authorization"]]), [
    [`https://api.elastic.io/v1/exec/poll/${ID}`, AUTHORIZATION],
    [location, undefined],
  ]);
});

Deno.test("elastic.io is polled after 1 s, then at intervals growing by half to 10 s, for 240 s", async () => {
  await using world = createWorld([SCHEDULED], { thenRepeat: { status: 200 } });
  const outcome = await outcomeOf(world, world.runtime.start(execution()));
  assertEquals([endOf(outcome), outcome.elapsedMs], ["deadline-exceeded", 240_000]);
  const gaps = world.times().map((time, i, times) => time - (times[i - 1] ?? 0)).slice(1);
  assertEquals(gaps.slice(0, 8), [1_000, 1_500, 2_250, 3_375, 5_063, 7_594, 10_000, 10_000]);
});

Deno.test("elasticio.poll() asks at once", async () => {
  await using world = createWorld([READY, RESULT]);
  const outcome = await outcomeOf(world, world.runtime.start(poll()));
  assertEquals([endOf(outcome), outcome.elapsedMs, outcome.polls], ["succeeded", 0, 1]);
});

Deno.test("elasticio.poll() puts any id safely into its URL", async () => {
  await using world = createWorld([READY, RESULT]);
  const operation = elasticio.poll({ executionId: "a/../b?c#d ä", baseUrl: "https://host/api/" });
  await outcomeOf(world, world.runtime.start(operation));
  assertEquals(
    world.fetch.requests[0]?.url,
    "https://host/api/v1/exec/poll/a%2F..%2Fb%3Fc%23d%20%C3%A4",
  );
});

Deno.test("elastic.io cannot cancel, and the error says so", async () => {
  await using world = createWorld([SCHEDULED]);
  const handle = world.runtime.start(execution());
  await world.clock.advance(500);
  const error = errorOf(await handle.cancel());
  assertEquals([error.code, world.asked()], ["operation-canceled", ["POST /v1/exec/schedule"]]);
  assert(error.message.includes("elastic.io has no way to cancel an execution"), error.message);
});

Deno.test("elastic.io's account data never enters a token, and what was scheduled needs it no more", async () => {
  await using world = createWorld([SCHEDULED, READY, RESULT]);
  const operation = elasticio.execution({
    execution: {
      execution_type: "verify_credentials",
      component: "C",
      account_data: { pin: "4711" },
    },
  });
  const handle = world.runtime.start(operation);
  assert(!JSON.stringify(handle.token()).includes("4711"));
  await world.clock.advance(500);
  const token = handle.token();
  assert(!JSON.stringify(token).includes("4711"));
  await world.runtime.dispose();
  await using other = createWorld([READY, RESULT], { startMs: world.clock.now() });
  assertEquals(endOf(await outcomeOf(other, other.runtime.restore(token))), "succeeded");
});

Deno.test("elastic.io's result is in the store before anybody is told, and is read once", async () => {
  const store = createMemoryStore();
  await using world = createWorld([SCHEDULED, READY, RESULT], { store });
  const handle = world.runtime.start(execution(), { id: "a" });
  let stored: unknown;
  handle.subscribe(({ outcome }) => {
    if (outcome) stored = store.load("a")?.outcome;
  });
  await outcomeOf(world, handle);
  assertObjectMatch(stored as Record<string, unknown>, { kind: "succeeded", value: 42 });
  await using other = createWorld([]);
  assertEquals(await other.runtime.restore(store.load("a")!).result(), 42);
});

const EXECUTE = "make elasticio.execution";
const inputs: [input: unknown, message: string][] = [
  [undefined, "Cannot make elasticio.execution"],
  [{}, "execution"],
  [{ execution: null }, "execution must be an object, got null"],
  [
    { execution: { ...EXECUTION, execution_type: "run" } },
    "execution.execution_type must be get_meta_model, select_model, verify_credentials",
  ],
  [
    { execution: { ...EXECUTION, component: undefined } },
    "get_meta_model needs execution.component",
  ],
  [{ execution: { ...EXECUTION, component: "" } }, "execution.component must be a text"],
  [
    { execution: { ...EXECUTION, account_id: undefined } },
    "get_meta_model needs execution.account_id",
  ],
  [
    { execution: { ...EXECUTION, action_or_trigger: undefined } },
    "get_meta_model needs execution.action_or_trigger",
  ],
  [
    { execution: { ...EXECUTION, execution_type: "select_model" } },
    "select_model needs execution.model_method",
  ],
  [
    { execution: { execution_type: "verify_credentials", component: "C" } },
    "verify_credentials needs execution.account_data",
  ],
  [
    { execution: { ...EXECUTION, account_data: "secret" } },
    "execution.account_data must be an object",
  ],
  [{ execution: { ...EXECUTION, cfg: [] } }, "execution.cfg must be an object"],
  [{ execution: { ...EXECUTION, acount_id: "A" } }, "acount_id"],
  [{ execution: EXECUTION, baseUrl: "api.elastic.io" }, "baseUrl must be an"],
  [{ execution: EXECUTION, baseUrl: "ftp://api.elastic.io" }, "baseUrl must be an"],
  [
    { execution: EXECUTION, baseUrl: "https://u:p@api.elastic.io" },
    "baseUrl must not hold credentials",
  ],
  [{ execution: EXECUTION, headers: { a: 1 } }, "headers.a must be a text"],
  [{ execution: EXECUTION, baseURL: "https://a" }, "baseURL"],
];

for (const [input, text] of inputs) {
  Deno.test(`elasticio.execution(${JSON.stringify(input)?.slice(0, 70)}): ${text}`, () => {
    const error = assertThrows(() => elasticio.execution(input as never), TypeError, text);
    assert(error.message.includes(EXECUTE), error.message);
  });
}
