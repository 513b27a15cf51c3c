/** Plays an OCI operation against a script, on a clock that stands still. */
import {
  createRuntime,
  type LroError,
  type Operation,
  type Outcome,
  type StartOptions,
} from "@lro/machines";
import {
  createScriptedFetch,
  createVirtualClock,
  type RecordedRequest,
  type ScriptedResponse,
} from "@lro/machines/testing";
import { OCI } from "../../data/oci_vectors.ts";

export { OCI };

/** How an operation went. */
export interface Played {
  /** Its end. */
  readonly outcome: Outcome;
  /** The value, or the error's code. */
  readonly end: unknown;
  /** When it ended, in milliseconds. */
  readonly endMs: number;
  /** Every request as `METHOD url`, the URL without {@linkcode OCI}. */
  readonly asked: readonly string[];
  /** When each was sent, in milliseconds from the start. */
  readonly times: readonly number[];
  /** Every request, whole. */
  readonly requests: readonly RecordedRequest[];
  /** Refreshes of credentials. */
  readonly refreshes: number;
  /** What was reported to `onError`. */
  readonly reported: readonly unknown[];
}

/** On what it runs. */
export interface PlayOptions {
  /** How often credentials can be refreshed. */
  readonly refreshes?: number;
  /** The answer to every request after the last. */
  readonly thenRepeat?: ScriptedResponse;
  /** Options of the start. */
  readonly start?: StartOptions;
}

/** Runs one to its end. */
export async function play(
  operation: Operation,
  replies: readonly ScriptedResponse[],
  options: PlayOptions = {},
): Promise<Played> {
  const { refreshes = 0, thenRepeat, start } = options;
  const clock = createVirtualClock();
  const script = replies.map((response) => ({ response }));
  const scripted = createScriptedFetch(script, { clock, ...(thenRepeat && { thenRepeat }) });
  let refreshed = 0;
  const fetch = Object.assign(
    (input: string | URL | Request, init?: RequestInit) => scripted(input, init),
    refreshes > 0 && { refresh: () => Promise.resolve(++refreshed <= refreshes) },
  );
  const reported: unknown[] = [];
  await using runtime = createRuntime({
    clock,
    fetch,
    random: () => 0.5,
    onError: (error) => void reported.push(error),
  });
  const outcome = await clock.runUntil(runtime.start(operation, start).outcome());
  scripted.assertDone();
  return {
    outcome,
    end: outcome.kind === "succeeded" ? outcome.value : outcome.error.code,
    endMs: clock.now(),
    asked: scripted.requests.map(({ method, url }) => `${method} ${url.replace(OCI, "")}`),
    times: scripted.requests.map(({ atMs }) => atMs),
    requests: scripted.requests,
    refreshes: refreshed,
    reported,
  };
}

/** The error of an end that is not a good one, with every field it may have. */
export function errorOf({ outcome }: Played): LroError & {
  readonly details?: unknown;
  readonly providerCode?: string;
  readonly providerMessage?: string;
  readonly confirmed?: boolean;
  readonly token?: unknown;
} {
  if (outcome.kind === "succeeded") throw new Error("It succeeded");
  return outcome.error;
}

/** HTTP 200 with a body. */
export function ok(
  json: NonNullable<ScriptedResponse["json"]>,
  headers: Readonly<Record<string, string>> = {},
): ScriptedResponse {
  return { status: 200, json, headers };
}

/** An error as Oracle Cloud words it. */
export function refusal(status: number, code: string, message = "m"): ScriptedResponse {
  return { status, json: { code, message } };
}

/** An instance in a state. */
export function instance(lifecycleState: string) {
  return { id: "ocid1.instance.1", lifecycleState };
}
