/**
 * One reply of a good life is mutated, and the life goes on as before. However
 * the operation ends then: it ends, with a value that says of itself that it is
 * good or with an error of ours, and with a token that can be restored.
 *
 * @module
 */
import { assert, assertEquals, assertInstanceOf, equal } from "@std/assert";
import { createRuntime, listKinds, LroError, type Outcome } from "@lro/machines";
import { createVirtualClock } from "@lro/machines/testing";
import { type Life, LIVES, type PlainReply } from "./_mutated_lives.ts";
import { type Mutation, mutationsOf } from "./_mutations.ts";

/** Another seed, other mutations. */
const SEED = Number(Deno.args[0] ?? 14);
/** How many mutations of each reply are played. */
const SAMPLE = Number(Deno.args[1] ?? 24);
const HOUR_MS = 3_600_000;

const everyReply = Object.values(LIVES).flatMap(({ replies }) => replies);

Deno.test("every kind has a life to be mutated", () => {
  const kinds = new Set(Object.values(LIVES).map(({ operation }) => operation().kind));
  assertEquals(kinds, new Set(listKinds().map(({ name }) => name)));
});

for (const [name, life] of Object.entries(LIVES)) {
  Deno.test(`${name}: unmutated, it ends well`, async () => {
    const { outcome } = await play(life, life.replies);
    assertEquals(outcome.kind === "succeeded" && outcome.value, life.value);
  });

  Deno.test(`${name}: a mutated reply is never a false success, a hang or a foreign error`, async () => {
    const random = createRandom(SEED);
    const faults: string[] = [];
    for (const [index, reply] of life.replies.entries()) {
      const others = [...life.replies, ...sample(everyReply, 4, random)];
      for (const mutation of sample(mutationsOf(reply, others), SAMPLE, random)) {
        try {
          await check(life, index, mutation);
        } catch (error) {
          faults.push(`reply ${index}, ${mutation.name}: ${(error as Error).message}`);
        }
      }
    }
    assertEquals(faults, []);
  });
}

async function check(life: Life, index: number, mutation: Mutation): Promise<void> {
  const { reply } = mutation;
  const keys = (await play(life, life.replies)).asked;
  const script = life.replies.map((reply, at) => ({ reply, key: keys[at]! }));
  // A refused request is perhaps sent again, and answered then.
  const rest = script.slice(reply.status < 400 ? index + 1 : index);
  const mutated = [...script.slice(0, index), { reply, key: keys[index]! }, ...rest];
  const { outcome, token, starts } = await play(life, mutated);
  checkEnd(outcome, life, mutation);
  assert(new Set(starts).size <= 1 || reply.status >= 400, `${starts.length} starts`);

  for (const written of [token, tokenOf(outcome)]) {
    if (written === undefined) continue;
    const again = await play(life, script.slice(index), JSON.stringify(written));
    const fresh = again.starts.filter((start) => starts.length > 0 && !starts.includes(start));
    assertEquals(fresh, [], "started again when restored");
    checkEnd(again.outcome, life, mutation);
  }
}

/** The token that an error carries. */
function tokenOf(outcome: Outcome): unknown {
  return outcome.kind === "succeeded" ? undefined : (outcome.error as { token?: unknown }).token;
}

function checkEnd(
  outcome: Outcome,
  life: Life,
  { reply, isBroken = false, isOther = false }: Mutation,
): void {
  if (outcome.kind !== "succeeded") {
    assertInstanceOf(outcome.error, LroError);
    assert(outcome.error.message.length > 0);
    JSON.stringify(outcome.error);
    return;
  }
  const { value } = outcome;
  if (equal(value, life.value)) return;
  const words = `success with ${JSON.stringify(value)}`;
  assert(!isBroken, words);
  if (value === undefined) return assert(life.mayBeEmpty, words);
  const told = [reply, ...life.replies].map(({ json }) => json);
  assert(isOf(value, told), `${words}, which nobody told`);
  if (isOther) return;
  if (typeof value !== "object" || value === null) return assert(life.isAnyJson, words);
  assert(life.isGood(value as Record<string, unknown>), `${words}, which has not ended well`);
}

/** Whether every part of a value was in some reply. */
function isOf(value: unknown, told: readonly unknown[]): boolean {
  if (told.some((body) => contains(body, value))) return true;
  return typeof value === "object" && value !== null &&
    Object.values(value).every((part) => isOf(part, told));
}

function contains(body: unknown, value: unknown): boolean {
  return equal(body, value) ||
    typeof body === "object" && body !== null &&
      Object.values(body).some((part) => contains(part, value));
}

interface Played {
  readonly outcome: Outcome;
  readonly token: unknown;
  /** Method and URL of every request. */
  readonly asked: readonly string[];
  /** Requests that start something, by the key under which the provider knows a repeated one. */
  readonly starts: readonly string[];
}

/** A reply to whoever asks that, or to anybody. */
type Answer = PlainReply | { readonly reply: PlainReply; readonly key: string };

let plays = 0;

/** Plays one life to its end, or on from a token. */
async function play(
  { operation }: Life,
  script: readonly Answer[],
  token?: string,
): Promise<Played> {
  const clock = createVirtualClock({ startMs: Date.UTC(2026, 0) });
  const answers = script.map((answer) => "reply" in answer ? answer : { reply: answer, key: "" });
  const asked: string[] = [];
  const starts: string[] = [];
  const runtime = createRuntime({
    clock,
    random: createRandom(++plays),
    fetch: (input, init) => {
      const { method, url, headers } = new Request(input as string, init);
      const key = `${method} ${url}`;
      asked.push(key);
      if (method === "POST" || method === "PUT") {
        starts.push(headers.get("opc-retry-token") ?? `${plays}.${asked.length}`);
      }
      return Promise.resolve(responseOf(take(answers, key)));
    },
  });
  const options = { deadlineMs: HOUR_MS };
  const handle = token === undefined
    ? runtime.start(operation(), options)
    : runtime.restore(token, options);
  const outcome = await clock.runUntil(handle.outcome());
  assert(clock.now() - clock.startMs <= HOUR_MS, "later than its deadline");
  const played = { outcome, token: handle.token(), asked, starts };
  await runtime.dispose();
  assertEquals(clock.timers, 0, "timers left");
  return played;
}

/** The next reply to a question; the last one again where there is no other. */
function take(answers: { readonly reply: PlainReply; readonly key: string }[], key: string) {
  const found = answers.findIndex((answer) => answer.key === key || answer.key === "");
  const index = found < 0 ? answers.length - 1 : found;
  const isLast = answers.length === 1 || found < 0 ||
    !answers.some((answer, at) => at > index && answer.key === answers[index]!.key);
  return (isLast ? answers[index] : answers.splice(index, 1)[0])?.reply ?? { status: 404 };
}

function responseOf({ status, headers, json, text = JSON.stringify(json) }: PlainReply): Response {
  const isBodiless = [204, 205, 304].includes(status);
  const type = json === undefined ? undefined : { "content-type": "application/json" };
  return new Response(isBodiless ? null : text ?? null, {
    status,
    headers: { ...type, ...headers },
  });
}

/** The same numbers for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Some of a list, in their order. */
function sample<T>(list: readonly T[], count: number, random: () => number): T[] {
  let left = count;
  return list.filter((_, index) => {
    const isTaken = random() * (list.length - index) < left;
    if (isTaken) left--;
    return isTaken;
  });
}
