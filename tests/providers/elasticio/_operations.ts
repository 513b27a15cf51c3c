/** Operations of elastic.io, and the answers of a plain life. */
import { elasticio } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";

export const EXECUTION = {
  execution_type: "get_meta_model",
  action_or_trigger: "put",
  component: "C",
  account_id: "A",
} as const;
export const AUTHORIZATION = "Basic cm9vdDpzZWNyZXQ=";
export const ID = "540492e623773659c5000002";

const headers = { authorization: AUTHORIZATION };
export const execution = () => elasticio.execution({ execution: EXECUTION, headers });
export const poll = () => elasticio.poll({ executionId: ID, headers });

export const SCHEDULED: ScriptedResponse = {
  status: 202,
  headers: { location: `https://api.elastic.io/v1/exec/poll/${ID}` },
};
export const READY: ScriptedResponse = {
  status: 303,
  headers: { location: `/v1/exec/result/${ID}` },
};
export const RESULT: ScriptedResponse = { status: 200, json: { data: 42 } };
