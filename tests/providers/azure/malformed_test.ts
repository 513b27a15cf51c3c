/** Replies that make no sense, at every step of every way to poll. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { azure, createRuntime, LroError, parseLroError } from "@lro/machines";
import {
  createScriptedFetch,
  createVirtualClock,
  type ScriptedResponse,
} from "@lro/machines/testing";
import { joinedLives, type Life, lives } from "./_lives.ts";
import { ARM } from "./_play.ts";

const words = [
  "Succeeded",
  "succeeded",
  "Failed",
  "Canceled",
  "Cancelled",
  "InProgress",
  "PartiallySucceeded",
  "ValidationFailed",
  "Completed",
  "Running",
  "",
  "__proto__",
];
const word = fc.constantFrom(...words);
const weird = fc.oneof(
  word,
  fc.constantFrom<unknown>(null, 0, 1, -1, true, [], {}, ["Succeeded"], { code: "Succeeded" }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Objects that look like what Azure sends, with anything in the wrong place. */
const body = fc.record({
  status: weird,
  provisioningState: weird,
  properties: fc.oneof(
    weird,
    fc.record({ provisioningState: weird, error: weird }, { requiredKeys: [] }),
  ),
  error: fc.oneof(
    weird,
    fc.record({ code: weird, message: weird, innererror: weird, details: weird }, {
      requiredKeys: [],
    }),
  ),
  code: weird,
  message: weird,
  resourceLocation: fc.oneof(
    weird,
    fc.constantFrom("/made", "https://evil.example/", "{id}", "http://["),
  ),
  percentComplete: weird,
}, { requiredKeys: [] });

const text = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "\uFEFF",
    "<html>Succeeded</html>",
    "Succeeded",
    "null",
    "NaN",
    "undefined",
    '"',
  ),
  fc.json().map((json) => `\uFEFF${json}`),
  fc.tuple(fc.json(), fc.nat(40)).map(([json, length]) => json.slice(0, length)),
  body.map((json) => JSON.stringify(json).slice(0, -1)),
  fc.constant(`{"status":"Succeeded","x":"${"x".repeat(5_000)}"}`), // more than the cap
  fc.string(),
);

const reference = fc.constantFrom(
  `${ARM}/moved`,
  "/moved",
  "",
  "https://evil.example/",
  "http://management.azure.com/",
  "{id}/x",
  "::",
  "javascript:alert(1)",
);
const headers = fc.record({
  "operation-location": reference,
  "azure-asyncoperation": reference,
  location: reference,
  "resource-location": reference,
  "retry-after": fc.constantFrom(
    "0",
    "5",
    "-3",
    "soon",
    "Thu, 01 Jan 1970 00:00:09 GMT",
    "99999999999999999999",
  ),
  "retry-after-ms": fc.constantFrom("1", "x", "1e99"),
  "content-type": fc.constantFrom(
    "application/json",
    "text/html",
    "application/problem+json",
    "???",
  ),
  "content-length": fc.constantFrom("7", "99999999"),
}, { requiredKeys: [] });

const status = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(200, 201, 202, 204) },
  fc.constantFrom(203, 205, 206, 207, 226, 300, 301, 302, 303, 304, 307, 308),
  fc.constantFrom(400, 401, 403, 404, 405, 408, 409, 410, 412, 418, 422, 429, 451),
  fc.constantFrom(500, 501, 502, 503, 504, 505, 511, 599),
);

const reply: fc.Arbitrary<ScriptedResponse> = fc.tuple(
  status,
  headers,
  fc.oneof(
    body.map((json) => ({ json })),
    weird.map((json) => ({ json })),
    text.map((text) => ({ text })),
    fc.constant({}),
  ),
).map(([status, headers, content]) => {
  const isEmpty = [204, 205, 304].includes(status);
  return { status, headers, ...(isEmpty ? {} : content) } as ScriptedResponse;
});

/** What a reply's body is, once more and in another way than ours. */
function parsed({ json, text }: ScriptedResponse): Readonly<Record<string, unknown>> {
  try {
    const value = text === undefined ? json : JSON.parse(text.replace(/^\uFEFF/, ""));
    return Object(Array.isArray(value) ? 0 : value);
  } catch {
    return Object(0);
  }
}

const isGood = (word: unknown) =>
  typeof word === "string" &&
  /^(?:succeeded|completed|partiallysucceeded|partiallycompleted)$/i.test(word);
const isIn = (status: number | undefined, ...statuses: number[]) => statuses.includes(status ?? 0);

/** Whether a body is a text as it came, and no JSON. */
function isText({ json, text, headers = {} }: ScriptedResponse): boolean {
  const source = (text ?? JSON.stringify(json) ?? "").replace(/^\uFEFF/, "");
  const isJson = /json/.test(headers["content-type"] ?? (json === undefined ? "" : "json"));
  if (isJson || source.trim() === "") return false;
  if (!/^\s*[[{]/.test(source)) return true;
  try {
    JSON.parse(source);
    return false;
  } catch {
    return true;
  }
}

/** Whether a resource says that it is as it should be. */
function isDone(reply: ScriptedResponse): boolean {
  if (reply.status === 204) return true;
  const { properties, provisioningState } = parsed(reply);
  const state = Object(properties).provisioningState ?? provisioningState ?? undefined;
  return isGood(state) ||
    (state === undefined && reply.status === 200 && !(parsed(reply) instanceof Number));
}

/** Which replies say that all is well, by the way to poll and the method of the start. */
const successes: Readonly<
  Record<string, (reply: ScriptedResponse, method: string) => boolean>
> = {
  monitor: (reply, method) =>
    isGood(parsed(reply)["status"]) || reply.status === 204 ||
    (/^P(?:UT|ATCH)$/.test(method) && isDone(reply)) ||
    (method === "DELETE" && isIn(reply.status, 404, 410)),
  location: (reply) => isIn(reply.status, 200, 201, 204) && !isText(reply),
  resource: isDone,
  result: (reply) => isIn(reply.status, 200, 201, 204) && !isText(reply),
};

/** The way by which the reply is got that comes after some others. */
function wayOf(name: string, { options }: Life, before: readonly ScriptedResponse[]): string {
  const { initialReply } = options;
  const first = initialReply && { status: 200, json: initialReply.body } as ScriptedResponse;
  const earlier = [...(first ? [first] : []), ...before];
  if (earlier.length === 0) return "any";
  if (earlier.some((reply) => isGood(parsed(reply)["status"]))) return "result";
  return /^a (monitor|location|resource)/i.exec(name)![1]!.toLowerCase();
}

async function run(
  life: Life,
  before: readonly ScriptedResponse[],
  after: readonly ScriptedResponse[],
) {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const fetch = createScriptedFetch([...before, ...after].map((response) => ({ response })), {
    clock,
    thenRepeat: after.at(-1)!,
  });
  const reported: unknown[] = [];
  await using runtime = createRuntime({
    clock,
    fetch,
    maxReplyBytes: 4_000,
    onError: (error) => void reported.push(error),
  });
  const handle = runtime.start(azure.operation(life.options), { deadlineMs: 600_000 });
  const outcome = await clock.runUntil(handle.outcome());
  assertEquals(reported, []);
  return { outcome, served: after.slice(0, Math.max(0, fetch.requests.length - before.length)) };
}

for (const [name, life] of Object.entries({ ...lives, ...joinedLives })) {
  life.replies.forEach((_, step) => {
    const before = life.replies.slice(0, step);
    const way = wayOf(name, life, before);
    const { method } = life.options.request;
    const says = successes[way] ??
      ((reply: ScriptedResponse) => Object.values(successes).some((says) => says(reply, method)));
    const isSuccess = (reply: ScriptedResponse) => says(reply, method);
    Deno.test(`${name}: no nonsense in reply ${step + 1} succeeds, hangs or throws`, async () => {
      const replies = fc.array(reply, { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(replies, async (after) => {
          const { outcome, served } = await run(life, before, after);
          if (outcome.kind === "succeeded") {
            assert(served.some(isSuccess), `It succeeded: ${JSON.stringify(outcome)}`);
          } else {
            assert(outcome.error instanceof LroError);
            parseLroError(JSON.stringify(outcome.error));
          }
        }),
        { numRuns: 100 },
      );
    });
  });
}
