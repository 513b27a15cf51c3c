/**
 * Claims about ends that leave the operation running: whoever has the error can
 * go on, nothing is started twice, and it says what was started.
 *
 * @module
 */
import type { Outcome } from "../../model/outcome.ts";
import type { ResumeToken } from "../../model/token.ts";
import {
  advanceUntil,
  check,
  errorOf,
  findStart,
  play,
  playHandle,
  same,
  type Start,
} from "./conformance_play.ts";
import type { ConformanceRow } from "./conformance_row.ts";
import type { ScriptedResponse } from "../fetch/scripted_fetch.ts";

const DEADLINE_MS = 3_600_000;

/** What ends the waiting and leaves the operation as it is. */
const TROUBLES: readonly ScriptedResponse[] = [
  {
    status: 200,
    text: "<html><body>Sign in</body></html>",
    headers: { "content-type": "text/html" },
  },
  { status: 302 },
  { status: 401 },
  { status: 500 },
  { status: 505 },
  { status: 520 },
  { drop: true },
  { hang: true },
];

/** Every end that leaves the operation running has a token that restores, and starts nothing twice. */
export async function claimTokens<T>(row: ConformanceRow<T>): Promise<void> {
  const start = await findStart(row);
  for (const phase of row.replies.keys()) {
    for (const trouble of TROUBLES) {
      await playHandle(row, row.replies.slice(0, phase), async ({ handle, clock }) => {
        const outcome = await clock.runUntil(handle.outcome());
        await restore(row, outcome, { start, phase, seen: JSON.stringify(trouble) });
      }, { thenRepeat: trouble, deadlineMs: DEADLINE_MS });
    }
    const script = [...row.replies.slice(0, phase), { hang: true }, ...row.cancelReplies ?? NO];
    await playHandle(row, script, async ({ handle, clock, fetch }) => {
      await advanceUntil(clock, () => fetch.requests.length > phase);
      const outcome = await clock.runUntil(handle.cancel());
      await restore(row, outcome, { start, phase, seen: "a cancel" });
    });
  }
}

/** What is answered to the cancel of a kind that asks for it although its row does not say so. */
const NO: readonly ScriptedResponse[] = [{ status: 404 }];

interface Circumstances {
  readonly start: Start | undefined;
  readonly phase: number;
  /** What ended it. */
  readonly seen: string;
}

async function restore<T>(
  row: ConformanceRow<T>,
  outcome: Outcome,
  { start, phase, seen }: Circumstances,
): Promise<void> {
  if (outcome.kind === "succeeded") return; // another claim's business
  const error = outcome.error as { code: string; token?: ResumeToken; confirmed?: boolean };
  const where = `${error.code} by ${seen} in phase ${phase}`;
  const isOpen = error.code === "protocol" || error.code === "transport" ||
    error.code === "deadline-exceeded" ||
    (error.code === "operation-canceled" && !error.confirmed);
  const { token } = error;
  check(!isOpen || token !== undefined, `an end that leaves it running has a token: ${where}`);
  if (token === undefined) return;
  await play([], async ({ runtime, clock, fetch }) => {
    let failure: unknown;
    try {
      runtime.restore(JSON.parse(JSON.stringify(token)));
    } catch (error) {
      failure = error;
    }
    check(failure === undefined, `the token restores: ${where}; got ${failure}`);
    await clock.advance(60_000);
    const isOut = start !== undefined && phase >= start.phase &&
      row.unrepeatable.includes(start.phase);
    const again = fetch.requests.filter(({ method, url }) =>
      method === start?.method && url === start.url
    );
    if (isOut) same(again.length, 0, `the starts that a restored token sends: ${where}`);
  }, { thenRepeat: { hang: true } });
}

/** Every error after an accepted start says what was started. */
export async function claimPartialResult<T>(row: ConformanceRow<T>): Promise<void> {
  const start = await findStart(row);
  check(start !== undefined, "a row with `partialResult` starts something; see its `start`");
  for (const phase of [...row.replies.keys()].slice(start!.phase + 1)) {
    for (const trouble of [...TROUBLES, { status: 404 }]) {
      await playHandle(row, row.replies.slice(0, phase), async ({ handle, clock }) => {
        const outcome = await clock.runUntil(handle.outcome());
        if (outcome.kind === "succeeded") return; // as it may be where what is gone is a good end
        tells(row, outcome, `${JSON.stringify(trouble)} in phase ${phase}`);
      }, { thenRepeat: trouble, deadlineMs: DEADLINE_MS });
    }
  }
  await playHandle(row, row.failingReplies, async ({ handle, clock, fetch }) => {
    const outcome = await clock.runUntil(handle.outcome());
    if (fetch.requests.length > start!.phase + 1) tells(row, outcome, "a failed operation");
  });
}

function tells<T>(row: ConformanceRow<T>, outcome: Outcome, seen: string): void {
  const { partialResult } = errorOf(outcome) as { partialResult?: unknown };
  same(partialResult, row.partialResult, `the partialResult of the error after ${seen}`);
}
