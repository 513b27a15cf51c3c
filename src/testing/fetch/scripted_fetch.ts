/**
 * A fetch that plays a script of requests and answers.
 *
 * @module
 */
import type { JsonValue } from "../../model/message.ts";
import { redactText, redactValue } from "../../model/redact.ts";
import { type Clock, systemClock } from "../../services.ts";
import { droppedFetchError, refusedFetchError } from "../../loopback/connection.ts";
import { inProcessFetch } from "./in_process_fetch.ts";
import { isSameJson, parseBody } from "../emulators/kit/json_body.ts";
import { pause } from "../clock/pause.ts";
import { stopwatch } from "../emulators/kit/request_log.ts";

/** What a request has to look like; what is left out may be anything. */
export interface ExpectedRequest {
  /** HTTP method. */
  readonly method?: string | undefined;
  /** URL; a relative one is resolved against `baseUrl`. */
  readonly url?: string | undefined;
  /**
   * Headers, by name in any case: the exact value, `null` for a header that must
   * not be there, or a JSON value that the header holds as text.
   */
  readonly headers?: Readonly<Record<string, JsonValue>> | undefined;
  /** The JSON body, whatever the order of its keys. */
  readonly json?: JsonValue | undefined;
}

/** What is answered. One of `status`, `drop`, `refuse` and `hang` is there. */
export interface ScriptedResponse {
  /** HTTP status. */
  readonly status?: number | undefined;
  /** Response headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The body, sent as JSON. */
  readonly json?: JsonValue | undefined;
  /** The body, sent as it is. */
  readonly text?: string | undefined;
  /** The connection closes without an answer. */
  readonly drop?: boolean | undefined;
  /** There is no connection to begin with. */
  readonly refuse?: boolean | undefined;
  /** There is never an answer. */
  readonly hang?: boolean | undefined;
  /**
   * How long all this takes, in milliseconds on the clock.
   *
   * @default {0}
   */
  readonly latencyMs?: number | undefined;
}

/** One request and its answer. */
export interface Exchange {
  /**
   * What the request has to look like.
   *
   * @default {undefined} Anything.
   */
  readonly request?: ExpectedRequest | undefined;
  /** What is answered; an error is what fetch rejects with. */
  readonly response: ScriptedResponse | Error;
}

/** Options of {@linkcode createScriptedFetch}. */
export interface ScriptedFetchOptions {
  /**
   * The clock for `latencyMs` and for the times of the requests.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock | undefined;
  /** What relative URLs in the script are resolved against. */
  readonly baseUrl?: string | undefined;
  /** The answer to every request after the script's last. */
  readonly thenRepeat?: ScriptedResponse | Error | undefined;
}

/** A request that a {@linkcode ScriptedFetch} has seen. */
export interface RecordedRequest {
  /** When, in milliseconds since the start of the virtual clock, or else since the script was made. */
  readonly atMs: number;
  /** HTTP method. */
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  /** Request headers; names are lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, the text where it is not JSON, `undefined` where it is empty. */
  readonly body: unknown;
}

/** The members that a {@linkcode ScriptedFetch} has besides being a fetch. */
export interface ScriptedFetchMembers {
  /** Every request so far, in order; those with an aborted signal were never sent. */
  readonly requests: readonly RecordedRequest[];
  /** How many exchanges of the script are still to come. */
  readonly remaining: number;
  /**
   * Checks that everything went by the script, to its end.
   *
   * @throws {Error} The first request that did not, or else what was never asked.
   */
  assertDone(): void;
}

/** A fetch that plays a script. */
export type ScriptedFetch = typeof globalThis.fetch & ScriptedFetchMembers;

/**
 * Creates a fetch that answers by a script, one exchange a request.
 *
 * A request that is not in the script is rejected, and so is every later one;
 * because the code under test may swallow that, `assertDone()` throws it again.
 * A broken connection rejects as in Node: a `TypeError` whose cause has the code
 * `UND_ERR_SOCKET` or `ECONNREFUSED`.
 *
 * @param exchanges The script.
 * @param options The clock, and how to go on after the script.
 * @returns The fetch.
 * @throws {TypeError} Where an exchange has no answer.
 *
 * @example Two answers, the second late
 * ```ts
 * import { createScriptedFetch, createVirtualClock } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = createVirtualClock();
 * const fetch = createScriptedFetch([
 *   { request: { method: "POST", json: { size: 1 } }, response: { status: 202 } },
 *   { request: { url: "https://example.com/jobs/1" }, response: { status: 200, json: "done", latencyMs: 50 } },
 * ], { clock });
 *
 * await fetch("https://example.com/jobs", { method: "POST", body: '{"size":1}' });
 * const response = await clock.runUntil(fetch("https://example.com/jobs/1"));
 *
 * assertEquals(await response.json(), "done");
 * assertEquals(clock.now(), 50);
 * fetch.assertDone();
 * ```
 */
export function createScriptedFetch(
  exchanges: readonly Exchange[],
  options: ScriptedFetchOptions = {},
): ScriptedFetch {
  const { clock = systemClock, baseUrl, thenRepeat } = options;
  const elapsedMs = stopwatch(clock);
  const script = [...exchanges];
  const requests: RecordedRequest[] = [];
  let failure: Error | undefined;
  for (const { response } of script) checkResponse(response);
  if (thenRepeat !== undefined) checkResponse(thenRepeat);

  const play = inProcessFetch(async (request) => {
    const index = requests.length;
    const recorded = {
      atMs: elapsedMs(),
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: undefined as unknown,
    };
    requests.push(recorded);
    recorded.body = parseBody(await request.text());

    const exchange = script[index] ??
      (thenRepeat && { response: thenRepeat } as Exchange);
    const surprise = exchange === undefined
      ? `expected no more requests, got ${request.method} ${request.url}`
      : findDifference(exchange.request ?? {}, recorded, baseUrl);
    if (surprise !== undefined) {
      failure ??= new Error(
        redactText(`Cannot answer request ${index + 1}: ${surprise}`),
      );
    }
    if (exchange === undefined || failure !== undefined) throw failure;
    return await answer(exchange.response, request, clock);
  });
  const remaining = () => Math.max(0, script.length - requests.length);

  const scripted = Object.assign<
    typeof globalThis.fetch,
    Omit<ScriptedFetchMembers, "remaining">
  >((input, init) => play(absolute(input, baseUrl), init), {
    requests,
    assertDone() {
      if (failure !== undefined) throw failure;
      if (remaining() === 0) return;
      const { request = {} } = script[requests.length]!;
      throw new Error(
        `Cannot call the script done: ${remaining()} of ${script.length} exchanges are left, first ${
          request.method ?? "any"
        } ${request.url ?? "request"}`,
      );
    },
  });
  return Object.defineProperty(scripted, "remaining", {
    get: remaining,
  }) as ScriptedFetch;
}

function absolute(
  input: Parameters<typeof globalThis.fetch>[0],
  baseUrl: string | undefined,
): URL | Request {
  return input instanceof Request ? input : new URL(input, baseUrl);
}

async function answer(
  response: ScriptedResponse | Error,
  request: Request,
  clock: Clock,
): Promise<Response> {
  if (response instanceof Error) throw response;
  const { status, headers, json, text, latencyMs = 0 } = response;
  if (latencyMs > 0) await pause(clock, latencyMs, request);
  if (response.hang) return await new Promise<never>(() => {});
  if (response.drop) throw droppedFetchError();
  if (response.refuse) throw refusedFetchError(request.url);
  const init = { status: status!, headers: headers ?? {} };
  return json === undefined ? new Response(text ?? null, init) : Response.json(json, init);
}

function checkResponse(response: ScriptedResponse | Error): void {
  if (response instanceof Error) return;
  const { status, drop, refuse, hang } = response;
  if (status === undefined && !drop && !refuse && !hang) {
    throw new TypeError(
      `Cannot play an exchange: expected a status, drop, refuse or hang, got ${
        JSON.stringify(response)
      }`,
    );
  }
}

/** What is wrong with a request, if anything. */
function findDifference(
  expected: ExpectedRequest,
  actual: RecordedRequest,
  baseUrl: string | undefined,
): string | undefined {
  const url = expected.url === undefined ? actual.url : new URL(expected.url, baseUrl).href;
  const { method = actual.method, headers = {}, json } = expected;
  if (method !== actual.method || url !== actual.url) {
    return `expected ${method} ${url}, got ${actual.method} ${actual.url}`;
  }
  const where = `${method} ${url}`;
  for (const [name, value] of Object.entries(headers)) {
    const seen = actual.headers[name.toLowerCase()];
    if (!isSameHeader(value, seen)) {
      return `expected ${where} with header ${show(name, value)}, got ${show(name, seen)}`;
    }
  }
  if (json !== undefined && !isSameJson(json, actual.body)) {
    return `expected ${where} with body ${JSON.stringify(json)}, got ${
      JSON.stringify(actual.body)
    }`;
  }
  return undefined;
}

function isSameHeader(expected: JsonValue, seen: string | undefined): boolean {
  if (expected === null) return seen === undefined;
  if (typeof expected === "string") return seen === expected;
  return seen !== undefined && isSameJson(expected, parseBody(seen));
}

function show(name: string, value: JsonValue | undefined): string {
  return value === undefined || value === null
    ? "none"
    : JSON.stringify(redactValue({ [name]: value }));
}
