/**
 * elastic.io's part of the demo.
 *
 * @module
 */
import type { Operation } from "../../model/message.ts";
import { execution } from "../../providers/elasticio/mod.ts";
import { exponential } from "../../model/schedule.ts";
import { createElasticioEmulator, type ElasticioBehaviour } from "../../testing/mod.ts";
import type { DemoProvider, DemoScenario } from "./scenario.ts";

/** What becomes of an execution of each component. */
const BEHAVIOURS: Readonly<Record<string, ElasticioBehaviour>> = {
  petstore: { durationMs: 3_500, result: { in: "Pet", out: "Pet" } },
  flaky: {
    durationMs: 4_500,
    result: { verified: true },
    faults: [{ on: "poll", nth: 2, status: 500 }, {
      on: "poll",
      nth: 3,
      status: 500,
    }],
  },
  strict: {
    durationMs: 2_500,
    end: "rejected",
    reason: { error: "no such account" },
  },
  forgetful: { durationMs: 5_000, end: "expires" },
  endless: { durationMs: 3_600_000 },
};

const schedule = exponential({
  initialMs: 600,
  factor: 1.5,
  maxMs: 1_800,
  jitter: 0.3,
});

/** As long as a request to a server far away takes. */
const LATENCY_MS = 120;

/** elastic.io's part of the demo. */
export const elasticioDemo: DemoProvider = {
  title: "elastic.io",
  createHandler(clock) {
    const plan = (
      { component }: { readonly component?: unknown },
    ): ElasticioBehaviour => BEHAVIOURS[String(component)] ?? {};
    return createElasticioEmulator({
      clock,
      plan,
      faults: [{ delayMs: LATENCY_MS }],
    }).handle;
  },
  scenarios(baseUrl): DemoScenario[] {
    const of = (component: string): Operation =>
      execution({
        baseUrl,
        execution: {
          execution_type: "get_meta_model",
          component,
          action_or_trigger: "getPet",
          account_id: "540492e623773659c5000002",
        },
      });
    const start = { schedule };
    return [
      {
        name: "success",
        operation: of("petstore"),
        start,
        expected: "succeeded",
      },
      {
        name: "two errors 500",
        operation: of("flaky"),
        start,
        expected: "succeeded",
      },
      {
        name: "rejected",
        operation: of("strict"),
        start,
        expected: "failed",
        expectedCode: "operation-failed",
      },
      {
        name: "expired",
        operation: of("forgetful"),
        start,
        expected: "expired",
        expectedCode: "operation-expired",
      },
      {
        name: "canceled",
        operation: of("endless"),
        start,
        cancelAfterMs: 3_000,
        expected: "canceled",
        expectedCode: "operation-canceled",
      },
      {
        name: "deadline of 6 s",
        operation: of("endless"),
        start: { schedule, deadlineMs: 6_000 },
        expected: "timedOut",
        expectedCode: "deadline-exceeded",
      },
    ];
  },
};
