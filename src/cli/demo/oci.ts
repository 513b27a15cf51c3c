/**
 * Oracle Cloud's part of the demo.
 *
 * @module
 */
import {
  actAndWaitForState,
  actAndWaitForWorkRequest,
  waitUntil,
} from "../../providers/oci/mod.ts";
import { createOciEmulator, type OciAction, type OciBehaviour } from "../../testing/mod.ts";
import type { DemoProvider, DemoScenario } from "./scenario.ts";

/** What becomes of an instance of each shape. */
const BEHAVIOURS: Readonly<Record<string, OciBehaviour>> = {
  small: { durationMs: 4_000, logs: ["Host found.", "Instance started."] },
  huge: {
    durationMs: 2_500,
    end: "fails",
    errors: [{ code: "LimitExceeded", message: "The limit of that shape is 0." }],
    logs: ["Looking for a host."],
  },
};

/** Something that was made before. */
const VCN = { id: "ocid1.vcn.oc1..00000001", collection: "vcns" };

/** Oracle Cloud's part of the demo. */
export const ociDemo: DemoProvider = {
  title: "Oracle Cloud",
  createHandler(clock) {
    const plan = ({ kind, body }: OciAction): OciBehaviour =>
      kind === "delete" ? { durationMs: 2_000 } : BEHAVIOURS[String(body["shape"])] ?? {};
    return createOciEmulator({ clock, plan, existing: [VCN] }).handle;
  },
  scenarios(baseUrl): DemoScenario[] {
    const instances = `${baseUrl}/20160918/instances`;
    const launch = (shape: string) => ({ method: "POST", url: instances, body: { shape } });
    const vcn = `${baseUrl}/20160918/vcns/${VCN.id}`;
    const maxIntervalMs = 1_000;
    return [
      {
        name: "work request",
        operation: actAndWaitForWorkRequest({ action: launch("small"), baseUrl, maxIntervalMs }),
        expected: "succeeded",
      },
      {
        name: "over the limit",
        operation: actAndWaitForWorkRequest({ action: launch("huge"), baseUrl, maxIntervalMs }),
        expected: "failed",
        expectedCode: "operation-failed",
      },
      {
        name: "until it runs",
        operation: actAndWaitForState({
          action: launch("small"),
          get: `${instances}/{id}`,
          states: ["RUNNING"],
          maxIntervalMs,
        }),
        expected: "succeeded",
      },
      {
        name: "until it is gone",
        operation: actAndWaitForState({
          action: { method: "DELETE", url: vcn },
          get: vcn,
          states: ["TERMINATED"],
          maxIntervalMs,
        }),
        expected: "succeeded",
      },
      {
        name: "never there",
        operation: waitUntil({
          get: { method: "GET", url: `${instances}/none` },
          property: "lifecycleState",
          state: "RUNNING",
        }),
        expected: "expired",
        expectedCode: "operation-expired",
      },
    ];
  },
};
