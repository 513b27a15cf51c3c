/** Plays one fault in one life, and says what was promised and not kept. */
import { createRuntime, listKinds, type Outcome, type ResumeToken } from "@lro/machines";
import {
  createVirtualClock,
  type ScriptedResponse,
  type VirtualClock,
} from "@lro/machines/testing";
import { type Answer, FAULTS, type FaultSpec, SECRET } from "./_faults.ts";
import { type Life, LIVES } from "./_lives.ts";

/** A fault, and where it comes. */
export interface FaultCase {
  readonly life: Life;
  /** Which reply of the life it takes the place of, or comes before. */
  readonly phase: number;
  readonly fault: FaultSpec;
  /** `once`, and then the life goes on; `for ever`; or once, and then this is answered for ever. */
  readonly then: "once" | "for ever" | ScriptedResponse;
}

/** How it went. */
export interface FaultReport {
  readonly end: string;
  /** What was not kept, each beginning with the name of the promise. */
  readonly violations: readonly string[];
}

const DEADLINE_MS = 600_000;
const START_MS = Date.UTC(2026, 0, 1);

/** What is answered to a start after an attempt that may have been processed. */
const REFUSALS: readonly ScriptedResponse[] = [400, 404, 409, 412].map((status) => ({
  status,
  json: { error: { code: "Exists", message: "it exists" }, message: "it exists" },
}));

/** Every fault in every place. */
export function* allCases(): Generator<FaultCase> {
  for (const life of LIVES) {
    for (const phase of life.replies.keys()) {
      for (const fault of FAULTS) {
        yield { life, phase, fault, then: "once" };
        yield { life, phase, fault, then: "for ever" };
      }
      for (const fault of FAULTS.filter(isLost)) {
        for (const refusal of REFUSALS) yield { life, phase, fault, then: refusal };
      }
    }
  }
}

/** Whether nobody can tell what became of the request. */
function isLost({ name }: FaultSpec): boolean {
  return /^(a drop|no answer|a body that breaks off|HTTP (408|500|502|503|504|520|524))$/.test(
    name,
  );
}

/** In a few words. */
export function nameOf({ life, phase, fault, then }: FaultCase): string {
  const how = typeof then === "string" ? then : `then HTTP ${then.status}`;
  return `${life.name}, request ${phase + 1}, ${fault.name}, ${how}`;
}

interface Asked {
  readonly method: string;
  readonly url: string;
  /** Whether it may not be repeated blindly. */
  readonly isStart: boolean;
  /** Whether its answer says that it was certainly not processed. */
  isUnprocessed: boolean;
  status?: number;
}

/** Plays it. */
export async function playFault(fault: FaultCase): Promise<FaultReport> {
  const { life, phase } = fault;
  const violations: string[] = [];
  const clock = createVirtualClock({ startMs: START_MS });
  const asked: Asked[] = [];
  const tokens: ResumeToken[] = [];
  const answers = answersOf(fault);
  const operation = life.operation();
  const kind = listKinds().find(({ name }) => name === operation.kind)!;
  const runtime = createRuntime({
    clock,
    random: () => 0.5,
    maxReplyBytes: 32_768,
    onError: (error) => violations.push(`reported: ${String(error).slice(0, 100)}`),
    fetch: (input, init) => {
      const request = new Request(input, init);
      const index = asked.length;
      const { method, url } = request;
      const [running] = runtime.list(); // `handle` is not there yet when the first is sent
      const step = running?.snapshot.step;
      const policy = step === undefined
        ? undefined
        : kind.protocol.policyOf?.(step, operation.input) ?? kind.protocol.steps[step];
      const isStart = method !== "GET" && policy?.repeat !== "always" && policy?.repeat !== "once";
      const isFault = index >= phase && (fault.then === "for ever" || index === phase);
      const { status, isUnprocessed = false } = fault.fault;
      const isRefused = policy?.repeat === "answered" && [408, 500, 503].includes(status ?? 0);
      const isFollowed = status === 307 || status === 308;
      const entry: Asked = { method, url, isStart, isUnprocessed: false };
      if (isFault) entry.isUnprocessed = isUnprocessed || isRefused || isFollowed;
      asked.push(entry);
      if (index > phase && running) tokens.push(copy(running.token()));
      return send(answers(index), request, { clock, entry });
    },
  });
  const handle = runtime.start(operation, { deadlineMs: DEADLINE_MS });
  let outcome: Outcome | undefined;
  try {
    outcome = await clock.runUntil(handle.outcome());
  } catch (error) {
    violations.push(`hangs: ${String(error).slice(0, 120)}`);
  }
  if (outcome) {
    if (clock.now() > START_MS + DEADLINE_MS) violations.push("hangs: past the deadline");
    const seen = { outcome, asked, snapshot: handle.snapshot };
    violations.push(...judge(fault, seen));
    const { token } = outcome.kind === "succeeded" ? {} : outcome.error as { token?: ResumeToken };
    if (token) tokens.push(copy(token));
    else if (outcome.kind !== "succeeded" && isOpenEnd(outcome.error.code)) {
      violations.push(`no token: ${outcome.error.code}`);
    }
    tokens.push(copy(handle.token()));
  }
  await runtime.dispose();
  if (clock.timers > 0) violations.push(`timers left: ${clock.timers}`);
  const start = asked.find(({ isStart, isUnprocessed }) => isStart && !isUnprocessed);
  const seen = new Set<string>();
  for (const token of tokens) {
    const text = JSON.stringify(token);
    if (seen.has(text)) continue;
    seen.add(text);
    violations.push(...await judgeToken(token, start));
  }
  const end = outcome === undefined
    ? "none"
    : outcome.kind === "succeeded"
    ? "succeeded"
    : outcome.error.code;
  return { end, violations: [...new Set(violations)] };
}

function isOpenEnd(code: string): boolean {
  return code === "transport" || code === "protocol" || code === "deadline-exceeded";
}

function isDuplicate({ name }: FaultSpec): boolean {
  return name.startsWith("the reply before");
}

/** An answer that says all is well, and nothing more. */
function isNothing({ name }: FaultSpec): boolean {
  return /^(HTTP 20[0134]|blanks|a mark of byte order and nothing)$/.test(name);
}

/** Whether the provider has told the bad end before, and was only asked why. */
function isForegone({ replies }: Life, phase: number): boolean {
  return /"FAILED"/.test(JSON.stringify(replies.slice(0, phase)));
}

/** What is answered to each request, by its number. */
function answersOf({ life, phase, fault, then }: FaultCase): (index: number) => Answer {
  const { replies } = life;
  const good = replies[phase]!;
  const bad = fault.answer(good, replies[phase - 1]);
  const last = replies.at(-1)!;
  // What is as good as the reply itself takes its place; after a redirect it is asked for once more.
  const skipped = fault.isBenign && !isDuplicate(fault) ? 1 : 0;
  return (index) => {
    if (index < phase) return replies[index]!;
    if (index === phase) return bad;
    if (then === "for ever") return bad;
    if (then !== "once") return then;
    return replies[index - 1 + skipped] ?? last;
  };
}

/** Answers as a server would, or as a network that breaks. */
async function send(
  answer: Answer,
  request: Request,
  { clock, entry }: { readonly clock: VirtualClock; readonly entry: Asked },
): Promise<Response> {
  const { signal } = request;
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {});
  if (typeof answer === "function") {
    const response = await answer(request);
    if (typeof response?.status === "number") entry.status = response.status;
    return response;
  }
  const { status = 200, headers, json, text, latencyMs = 0 } = answer;
  if (latencyMs > 0) {
    const timer: { id?: unknown } = {};
    const late = new Promise<void>((resolve) => {
      timer.id = clock.setTimeout(() => resolve(), latencyMs);
    });
    await Promise.race([late, aborted]).finally(() => clock.clearTimeout(timer.id));
  }
  if (answer.hang) return await aborted;
  if (answer.drop) throw connectionError("UND_ERR_SOCKET");
  if (answer.refuse) throw connectionError("ECONNREFUSED");
  entry.status = status;
  const init = { status, headers: headers ?? {} };
  return json === undefined ? new Response(text ?? null, init) : Response.json(json, init);
}

function connectionError(code: string): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
}

/** What an end has to be like. */
function judge(
  { life, phase, fault, then }: FaultCase,
  { outcome, asked, snapshot }: {
    readonly outcome: Outcome;
    readonly asked: readonly Asked[];
    readonly snapshot: unknown;
  },
): string[] {
  const violations: string[] = [];
  const starts = asked.filter(({ isStart }) => isStart);
  if (starts.slice(0, -1).some(({ isUnprocessed }) => !isUnprocessed)) {
    violations.push(`second start: ${starts.length} of ${starts[0]!.method}`);
  }
  if (JSON.stringify(snapshot).includes(SECRET)) violations.push("secret: in the snapshot");
  if (outcome.kind === "succeeded") {
    const isGone = life.endsWhenGone && outcome.notFound === true;
    const answer = fault.answer(life.replies[phase]!, life.replies[phase - 1]);
    const json = fault.json ?? (typeof answer === "function" ? undefined : answer.json);
    const isItsJson = (json !== undefined || isNothing(fault)) &&
      life.resultIn !== undefined && same(outcome.value, life.resultIn(json));
    const isPlayed = fault.isBenign || then === "once" && asked.length > life.replies.length;
    const isGood = isPlayed && life.end !== undefined && same(outcome.value, life.end.value);
    if (!isGone && !isItsJson && !isGood) {
      violations.push(`false success: ${JSON.stringify(outcome.value)?.slice(0, 80)}`);
    }
    return violations;
  }
  const { error } = outcome;
  const { token: _, ...shown } = JSON.parse(JSON.stringify(error));
  if (JSON.stringify([shown, error.message, error.stack]).includes(SECRET)) {
    violations.push("secret: in the error");
  }
  const isWhole = fault.isBenign && then === "once" && !isDuplicate(fault);
  if (isWhole && life.end !== undefined && error.code !== "deadline-exceeded") {
    violations.push(`lost: the good reply came, and it ends as ${error.code}`);
  }
  if (error.code === "request-rejected") {
    const last = starts.at(-1);
    const { status = 0 } = last ?? {};
    const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429;
    if (starts.length > 0 && !isRefusal) {
      violations.push(`false rejection: HTTP ${status}`);
    }
    if (asked.length - 1 > phase && starts.slice(0, -1).some((s) => !s.isUnprocessed)) {
      violations.push("false rejection: after an attempt that may have been processed");
    }
  }
  const { status } = fault;
  const isAboutUs = status !== undefined &&
    ([401, 403, 404, 407, 408, 410, 429].includes(status) || status >= 500);
  const isAnswer = then === "for ever" && isAboutUs && !isForegone(life, phase);
  if (error.code === "operation-failed" && isAnswer) {
    violations.push(`refused question: operation-failed by HTTP ${status}`);
  }
  return violations;
}

/** What was found of tokens: most are met again and again. */
const judged = new Map<string, string[]>();

/** What a token has to be like. */
async function judgeToken(token: ResumeToken, start: Asked | undefined): Promise<string[]> {
  const key = JSON.stringify([token, start?.method, start?.url]);
  const known = judged.get(key);
  if (known) return known;
  const violations: string[] = [];
  judged.set(key, violations);
  const { outcome: _, ...open } = token;
  if (JSON.stringify(open).includes(SECRET)) violations.push("secret: in the token");
  const clock = createVirtualClock({ startMs: START_MS + DEADLINE_MS });
  const again: string[] = [];
  const runtime = createRuntime({
    clock,
    random: () => 0.5,
    onError: () => {},
    fetch: (input, init) => {
      const { method, url, signal } = new Request(input, init);
      again.push(`${method} ${url}`);
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
  });
  try {
    runtime.restore(token);
    await clock.advance(1_000);
    if (start && again.includes(`${start.method} ${start.url}`)) {
      violations.push("second start: by a restored token");
    }
  } catch (error) {
    violations.push(`token not restored: ${String(error).slice(0, 120)}`);
  }
  await runtime.dispose();
  return violations;
}

function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
