/**
 * Claims about answers that a provider never gives on purpose: garbage, refused
 * questions, starts of which nobody knows what came.
 *
 * @module
 */
import { LroError } from "../../model/lro_error.ts";
import { check, errorOf, findStart, playHandle, same } from "./conformance_play.ts";
import type { ConformanceRow } from "./conformance_row.ts";
import type { ScriptedResponse } from "../fetch/scripted_fetch.ts";

const HTML = { "content-type": "text/html" };
const TEXT = { "content-type": "text/plain" };

/** Bodies that no provider ever sends on purpose. */
const GARBAGE: readonly ScriptedResponse[] = [
  { text: "" },
  { text: '{"cut', headers: { "content-type": "application/json" } },
  { text: '{"status":"Succeeded","id":"1","cu', headers: TEXT },
  { text: "<html><body>It works!</body></html>", headers: HTML },
  { text: "<!doctype html><title>Sign in</title>" },
  { text: "Succeeded", headers: TEXT },
  { text: "\uFEFF[]" },
  { json: null },
  { json: [] },
  { json: 7 },
  { json: "Succeeded" },
  { json: { status: 200, metadata: "x", data: 1, properties: [], error: 3 } },
  { json: { status: { toString: "Succeeded" }, state: [true], id: {} } },
];

const STATUSES = [200, 201, 202, 204, 206, 302, 303, 304, 400, 404, 409, 500, 503, 599];

/** No answer, and no more of it than a day, is longer than this. */
const DEADLINE_MS = 3_600_000;

/** Garbage is never a success, wherever it comes and whatever its status. */
export async function claimGarbage<T>(row: ConformanceRow<T>): Promise<void> {
  const { replies, anyJson = false } = row;
  for (const phase of replies.keys()) {
    const mayBeAny = typeof anyJson === "boolean" ? anyJson : anyJson.includes(phase);
    for (const garbage of GARBAGE) {
      for (const status of STATUSES) {
        const isEmpty = status === 204 || status === 304;
        const answer = isEmpty ? { status } : { ...garbage, status };
        const mayBeResult = mayBeAny && status >= 200 && status < 300 && isJson(answer);
        await playHandle(row, replies.slice(0, phase), async ({ handle, clock }) => {
          const outcome = await clock.runUntil(handle.outcome());
          const seen = `HTTP ${status} ${JSON.stringify(garbage)} in phase ${phase}`;
          if (outcome.kind === "succeeded") {
            const isGone = status === 404 && outcome.notFound === true;
            const advice = isJson(answer)
              ? "; where any JSON may be the result, the row says so in `anyJson`"
              : "";
            check(isGone || mayBeResult, `${seen} does not succeed${advice}`);
          } else {
            check(outcome.error instanceof LroError, `${seen} ends with our error`);
          }
        }, { thenRepeat: answer, deadlineMs: DEADLINE_MS });
      }
    }
  }
}

/** Whether a body is JSON, or nothing, rather than a text. */
function isJson({ json, text = "" }: ScriptedResponse): boolean {
  return json !== undefined || text === "" || text === "\uFEFF[]";
}

/** A refused question says nothing of the operation. */
export async function claimRefusedQuestions<T>(row: ConformanceRow<T>): Promise<void> {
  const start = await findStart(row);
  for (const phase of row.replies.keys()) {
    if (phase === start?.phase) continue;
    for (const status of [401, 403, 404, 410]) {
      const answer = { status, json: { message: "no", error: { code: "No", message: "no" } } };
      await playHandle(row, row.replies.slice(0, phase), async ({ handle, clock }) => {
        const outcome = await clock.runUntil(handle.outcome());
        const seen = `HTTP ${status} for ever in phase ${phase}`;
        const isGone = status === 404 || status === 410;
        if (isGone && outcome.kind === "succeeded" && outcome.notFound) return;
        const error = errorOf(outcome);
        const isBefore = start !== undefined && phase < start.phase; // nothing has started yet
        if (isBefore && error.code === "request-rejected") return;
        // What was accepted and was never seen may be there all the same.
        const isExpired = isGone && error.code !== "transport";
        same(error.code, isExpired ? "operation-expired" : "transport", `the code after ${seen}`);
        if (!isExpired) check("token" in error, `the error has a token after ${seen}`);
      }, { thenRepeat: answer, deadlineMs: DEADLINE_MS });
    }
  }
}

/** Only a 4xx says that nothing was started. */
export async function claimUnknownStarts<T>(row: ConformanceRow<T>): Promise<void> {
  const start = await findStart(row);
  if (start === undefined) return;
  for (const status of [203, 205, 206, 226, 299, 300, 304, 408, 500, 501, 505, 520, 524, 599]) {
    await playHandle(row, row.replies.slice(0, start.phase), async ({ handle, clock }) => {
      const outcome = await clock.runUntil(handle.outcome());
      if (outcome.kind === "succeeded") return; // another claim's business
      const { code } = outcome.error;
      const seen = `a start answered with HTTP ${status}`;
      check(code !== "request-rejected", `${seen} is not taken for one that never started`);
      check(code !== "operation-failed", `${seen} is not taken for one that failed`);
    }, { thenRepeat: { status }, deadlineMs: DEADLINE_MS });
  }
}
