/** Plays an Azure operation against a script, on a clock that stands still. */
import {
  azure,
  createRuntime,
  type LroErrorJson,
  type Outcome,
  type RuntimeOptions,
} from "@lro/machines";
import type { AzureOptions } from "@lro/machines/azure";
import {
  createScriptedFetch,
  createVirtualClock,
  type RecordedRequest,
  type ScriptedResponse,
} from "@lro/machines/testing";

/** Where Azure Resource Manager is. */
export const ARM = "https://management.azure.com";
/** The resource that most tests make. */
export const RESOURCE = `${ARM}/r`;

/** How an operation went. */
export interface Played {
  /** Its end. */
  readonly outcome: Outcome;
  /** The value, or the error's code. */
  readonly end: unknown;
  /** Every request as `METHOD url`, the URL without {@linkcode ARM}. */
  readonly asked: readonly string[];
  /** When each was sent, in milliseconds from the start. */
  readonly times: readonly number[];
  /** Every request, whole. */
  readonly requests: readonly RecordedRequest[];
}

/** What the operation is, and what it runs on. */
export interface PlayOptions extends Partial<AzureOptions>, Pick<RuntimeOptions, "retry"> {
  /** HTTP method of the first request, to {@linkcode RESOURCE}. */
  readonly method?: string;
}

/** Runs one to its end. */
export async function play(
  { method = "PUT", retry, ...options }: PlayOptions,
  replies: readonly ScriptedResponse[],
): Promise<Played> {
  const clock = createVirtualClock();
  const script = replies.map((response) => ({ response }));
  const fetch = createScriptedFetch(script, { clock });
  await using runtime = createRuntime({
    clock,
    fetch,
    random: () => 0.5,
    ...(retry !== undefined && { retry }),
  });
  const operation = azure.operation({
    request: { method, url: RESOURCE },
    ...options,
  });
  const outcome = await clock.runUntil(runtime.start(operation).outcome());
  fetch.assertDone();
  return {
    outcome,
    end: outcome.kind === "succeeded" ? outcome.value : outcome.error.code,
    asked: fetch.requests.map(({ method, url }) =>
      `${method} ${url.startsWith(ARM) ? url.slice(ARM.length) : url}`
    ),
    times: fetch.requests.map(({ atMs }) => atMs),
    requests: fetch.requests,
  };
}

/** The fields of the error of an end that is not a good one. */
export function errorOf({ outcome }: Played): LroErrorJson {
  if (outcome.kind === "succeeded") throw new Error("It succeeded");
  return outcome.error.toJSON();
}

/** A resource in a state. */
export const resource = (provisioningState: string) => ({
  id: "/r",
  name: "r",
  properties: { provisioningState },
});

/** 200 with a JSON body. */
export const ok = (
  json: NonNullable<ScriptedResponse["json"]> | null,
): ScriptedResponse => ({ status: 200, json });

/** 202 with headers that say where to poll. */
export const accepted = (
  headers: Readonly<Record<string, string>>,
): ScriptedResponse => ({ status: 202, headers });

/** 202 with a monitor, and maybe more. */
export const monitored = (
  headers: Readonly<Record<string, string>> = {},
): ScriptedResponse => accepted({ "azure-asyncoperation": `${ARM}/operations/1`, ...headers });

export const RUNNING = ok({ status: "InProgress" });
export const SUCCEEDED = ok({ status: "Succeeded" });
