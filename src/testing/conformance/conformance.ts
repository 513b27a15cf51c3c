/**
 * What is promised of every operation, whoever its provider is. A new kind adds
 * a row, not a harness.
 *
 * @module
 */
import { isLroError } from "../../model/errors.ts";
import { parseLroError } from "../../model/parse_lro_error.ts";
import type { ResumeToken } from "../../model/token.ts";
import { claimGarbage, claimRefusedQuestions, claimUnknownStarts } from "./conformance_answers.ts";
import { claimPartialResult, claimTokens } from "./conformance_ends.ts";
import {
  advanceUntil,
  check,
  errorOf,
  play,
  playHandle,
  same,
  valueOf,
} from "./conformance_play.ts";
import { checkRow, type ConformanceRow } from "./conformance_row.ts";

export type { ConformanceRow } from "./conformance_row.ts";

/** A promise, and the check that it is kept. */
export interface ConformanceClaim {
  /** The promise, as the name of a test. */
  readonly name: string;
  /** Rejects if it is not kept. */
  readonly run: () => Promise<void>;
}

/**
 * The promises that the runtime and a kind keep together.
 *
 * @example In Deno
 * ```ts
 * import { elasticio } from "@lro/machines";
 * import { conformanceClaims } from "@lro/machines/testing";
 *
 * const claims = conformanceClaims({
 *   operation: () => elasticio.poll({ executionId: "1" }),
 *   replies: [
 *     { status: 200, json: { message: "Result is not ready yet." } },
 *     { status: 303, headers: { location: "/v1/exec/result/1" }, json: { message: "Ready." } },
 *     { status: 200, json: { data: 42 } },
 *   ],
 *   value: 42,
 *   failingReplies: [
 *     { status: 303, headers: { location: "/v1/exec/result/1" }, json: { message: "Ready." } },
 *     { status: 400, json: { message: "Rejected.", reason: {} } },
 *   ],
 *   unrepeatable: [2],
 *   anyJson: [2],
 * });
 * for (const { run } of claims) await run();
 * ```
 *
 * @param row The kind.
 * @returns Claims to be run one by one, in any order.
 * @throws {TypeError} If a field of the row is missing or of the wrong type.
 */
export function conformanceClaims<T>(row: ConformanceRow<T>): ConformanceClaim[] {
  checkRow(row);
  const { replies } = row;
  const phases = replies.map((_, index) => index);
  const claims: Record<string, () => Promise<void>> = {
    "is plain data": async () => {
      const operation = row.operation();
      const copy = JSON.parse(JSON.stringify(operation));
      same(copy, operation, "the operation after JSON");
      await play(replies, async ({ runtime, clock }) => {
        same(await clock.runUntil(runtime.start(copy).result()), row.value, "its value");
      });
    },
    "ends with the value, the requests counted": async () => {
      await playHandle(row, replies, async ({ handle, clock, fetch }) => {
        const outcome = await clock.runUntil(handle.outcome());
        same(valueOf(outcome), row.value, "the value");
        same(outcome.requests, fetch.requests.length, "the requests counted");
        same(handle.snapshot.status, "done", "the status");
        same(handle.snapshot.state, "succeeded", "the state");
        fetch.assertDone();
      });
    },
    "begins in initial, goes through polling, and never back": async () => {
      await playHandle(row, replies, async ({ handle, clock }) => {
        const states = [handle.snapshot.state as string];
        handle.subscribe(({ state }) => void (states.at(-1) !== state && states.push(state)));
        await clock.runUntil(handle.result());
        same(states, ["initial", "polling", "succeeded"], "the states");
      });
    },
    "fails with the provider's account, which survives JSON": async () => {
      await playHandle(row, row.failingReplies, async ({ handle, clock }) => {
        const error = errorOf(await clock.runUntil(handle.outcome()));
        // A kind whose operation has no bad end of its own can only be asked in vain.
        if (error.code !== "operation-expired") same(error.code, "operation-failed", "the code");
        const again = parseLroError(JSON.stringify(error));
        same(again.toJSON(), error.toJSON(), "the error after JSON");
        check(again instanceof error.constructor, "its class survives JSON");
      });
    },
    "times out at the deadline exactly, whatever it waits for": async () => {
      for (const phase of phases) {
        const script = [...replies.slice(0, phase), { hang: true }];
        await playHandle(row, script, async ({ handle, clock }) => {
          const outcome = await clock.runUntil(handle.outcome());
          same(outcome.kind, "timedOut", `the end in phase ${phase}`);
          same(clock.now(), 7_654_321, `the time of it in phase ${phase}`);
          check("token" in errorOf(outcome), "the error has a token");
        }, { deadlineMs: 7_654_321, requestTimeoutMs: 99_999_999 });
      }
    },
    "a deadline of 0 sends nothing": async () => {
      await playHandle(row, [], async ({ handle, fetch }) => {
        same((await handle.outcome()).kind, "timedOut", "the end");
        same(fetch.requests.length, 0, "the requests");
      }, { deadlineMs: 0 });
    },
    "an abort rejects with its reason, leaves nothing, and can be taken back": async () => {
      for (const phase of phases) {
        const hung = [...replies.slice(0, phase), { hang: true }, ...replies.slice(phase)];
        await playHandle(row, hung, async ({ handle, clock, fetch }) => {
          const controller = new AbortController();
          const waiting = handle.result({ signal: controller.signal }).catch((reason) => reason);
          await advanceUntil(clock, () => fetch.requests.length > phase);
          const reason = new Error("enough");
          controller.abort(reason);
          same(await waiting, reason, "what the wait rejects with");
          same(clock.timers, 0, "the timers left");
          same(handle.snapshot.status, "stopped", "the status");
          const outcome = await clock.runUntil(handle.outcome());
          if (row.unrepeatable.includes(phase)) {
            check(
              outcome.kind === "succeeded" || isLroError(outcome.error),
              "it ends one way or the other",
            );
          } else {
            same(valueOf(outcome), row.value, `the value after an abort in phase ${phase}`);
          }
        });
      }
    },
    "cancel ends as canceled in every phase": async () => {
      for (const phase of phases) {
        const { cancelReplies = [{ status: 404 }] } = row;
        const script = [...replies.slice(0, phase), { hang: true }, ...cancelReplies];
        await playHandle(row, script, async ({ handle, clock, fetch }) => {
          await advanceUntil(clock, () => fetch.requests.length > phase);
          const outcome = await clock.runUntil(handle.cancel().catch(explainCancel));
          check(
            outcome.kind === "canceled" || outcome.kind === "expired",
            `it is canceled in phase ${phase}, not ${outcome.kind}; ${CANCEL_ADVICE}`,
          );
        });
      }
    },
    "a token taken after any reply goes on elsewhere, without a second start": async () => {
      for (const phase of phases.slice(1)) {
        let token: unknown;
        const head = [...replies.slice(0, phase), { hang: true }];
        await playHandle(row, head, async ({ handle, clock, fetch }) => {
          await advanceUntil(clock, () => fetch.requests.length > phase);
          token = JSON.parse(JSON.stringify(handle.token()));
        });
        const rest = row.unrepeatable.includes(phase) ? [] : replies.slice(phase);
        await play(rest, async ({ runtime, clock, fetch }) => {
          const outcome = await clock.runUntil(runtime.restore<T>(token as string).outcome());
          if (row.unrepeatable.includes(phase)) {
            check(outcome.kind !== "succeeded", `phase ${phase} is not made up`);
          } else {
            same(valueOf(outcome), row.value, `the value of the token of phase ${phase}`);
            fetch.assertDone();
          }
        });
      }
    },
    "no garbage is a success, hangs, or throws anything but our errors": () => claimGarbage(row),
    "a refused question ends as transport with a token, or as expired, never as failed": () =>
      claimRefusedQuestions(row),
    "a start with an answer that nobody knows is not taken for rejected": () =>
      claimUnknownStarts(row),
    "every end that leaves it running has a token, which restores and never starts twice": () =>
      claimTokens(row),
    ...("partialResult" in row && {
      "every error after an accepted start says what was started": () => claimPartialResult(row),
    }),
    "a broken connection in any phase is got over, or ends as transport with a token": async () => {
      for (const phase of phases) {
        for (const broken of [{ drop: true }, { refuse: true }, { status: 503 }]) {
          const script = [...replies.slice(0, phase), broken, ...replies.slice(phase)];
          await playHandle(row, script, async ({ handle, clock, fetch, runtime }) => {
            const outcome = await clock.runUntil(handle.outcome());
            const isUnrepeatable = row.unrepeatable.includes(phase);
            if (outcome.kind === "succeeded") {
              same(outcome.value, row.value, `the value after ${JSON.stringify(broken)}`);
              return fetch.assertDone();
            }
            check(isUnrepeatable, `phase ${phase} gets over ${JSON.stringify(broken)}`);
            same(outcome.error.code, "transport", `the code after ${JSON.stringify(broken)}`);
            const { token } = outcome.error as { token?: ResumeToken };
            check(token !== undefined, "the error has a token");
            if (phase > 0 || !("drop" in broken)) return;
            const sent = fetch.requests.length;
            const resumed = await clock.runUntil(runtime.restore(token!).outcome());
            check(resumed.kind === "failed", "a start that was lost is not made up");
            same(fetch.requests.length, sent, "the requests after a start that was lost");
          });
        }
      }
    },
    "a throwing subscriber disturbs nobody": async () => {
      const errors: unknown[] = [];
      await playHandle(row, replies, async ({ handle, clock }) => {
        handle.subscribe(() => {
          throw new Error("mine");
        });
        same(await clock.runUntil(handle.result()), row.value, "the value");
        check(errors.length > 0, "the error is reported");
      }, { onError: (error) => errors.push(error) });
    },
  };
  return Object.entries(claims).map(([name, run]) => ({ name, run }));
}

/** What whoever wrote the row can do about it. */
const CANCEL_ADVICE = "a kind that asks its provider to cancel gives `cancelReplies` in its row: " +
  "what is answered from then on, in order, until it is canceled";

function explainCancel(cause: unknown): never {
  const said = cause instanceof Error ? cause.message : String(cause);
  throw new Error(`Not kept: it is canceled; cancel() said "${said}"; ${CANCEL_ADVICE}`, { cause });
}
