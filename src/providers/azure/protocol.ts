/**
 * Azure's protocol: ARM and data plane.
 *
 * | the first reply has | mode | polls | ends when |
 * | --- | --- | --- | --- |
 * | `Operation-Location` or `Azure-AsyncOperation` | monitor | that URL | its `status` is final, or it answers 204 |
 * | `Location`, a 303's too | location | that URL | it answers other than 202, and its body does not say that it runs |
 * | neither, to a PUT or PATCH | body | the resource | its `provisioningState` is final or absent |
 * | neither, to anything else | status | nothing | at once |
 * | nothing: it is a GET | joined | that URL | as a monitor, a resource or a `Location` does, whichever answers |
 *
 * A monitor that succeeded may leave the result elsewhere: then one more GET.
 *
 * What services answer besides, and what it means:
 *
 * | reply | meaning |
 * | --- | --- |
 * | start: 4xx but 408 and 429 | rejected, unless an earlier attempt may have got through |
 * | start: any other status | it may run: `transport` from 400 on, else `protocol` |
 * | start: 303 | it was processed: on at its `Location` |
 * | an empty header | is none |
 * | a polling URL without `api-version` | gets that of the request, unless it is signed |
 * | a polling URL with `{x}`, and no `pathFormatArguments` | percent-encoded, as any other character |
 * | a polling URL elsewhere | refused; with `pollAtRequestOrigin` asked at home, its path and query as they are |
 * | `status`, `provisioningState` | succeeded, completed, partiallySucceeded, partiallyCompleted; failed, validationFailed, rejected; canceled, cancelled; any case, whole words, `statusWords` before them. All others go on |
 * | monitor: partly succeeded | the monitor's body is the result, for it tells the parts |
 * | monitor: 202 without a status | goes on |
 * | monitor: 200 or 201, an object that looks like a resource, to a PUT or PATCH | one GET on the resource, and on as in body mode |
 * | monitor: 200 or 201 without a status otherwise | `protocol` |
 * | Location: 200 or 201 with a `provisioningState` | as in body mode |
 * | Location: 200 or 201, `status` a running word | goes on; its `Location` may have moved |
 * | Location: 200 or 201, `status` a bad word, and an error object | failed, or canceled |
 * | Location: 200 or 201, `status` a good word, and another `Location` | the result is there (Fabric) |
 * | Location: 4xx with an `error`, but 401, 403, 404, 408, 410, 429 | failed: it answers as the request would have |
 * | `Resource-Location` with a good end | the result is there (Azure Maps Creator) |
 * | `operationState`, `errorResponse` | as `status` and `error` (QnA Maker) |
 * | `errorCode` | as `code` (Fabric) |
 * | `percentageComplete` | as `percentComplete` (Microsoft Graph) |
 * | poll: 404 within the grace, and always the first | asked again |
 * | poll: 404 later, or 410, to a PUT, PATCH or DELETE | one GET on the resource: gone is a deletion's good end; else as in body mode |
 * | poll: 404 later, or 410, otherwise | expired, with a token |
 * | poll, final GET: any other refusal | `transport`, with a token: the question was refused, not the operation |
 * | final GET: 202 | asked again, at its `Location` if it has one |
 * | final GET after a DELETE: 404, 410 | done |
 * | a text where a result should be | `protocol`, unless `resultType` is text |
 *
 * Sources: ARM RPC "Asynchronous operations"; Microsoft REST API guidelines,
 * "Long-running operations"; `x-ms-long-running-operation-options`; Fabric "Long
 * running operations"; Azure Maps "Creator Long-Running Operation API V2"; Text
 * Analytics 3.1 "State"; QnA Maker 4.0 "Operation"; Microsoft Graph "Long-running
 * actions"; HDInsight "Asynchronous operations".
 *
 * @module
 */
import type { Protocol } from "../../model/protocol.ts";
import type { Verdict } from "../../model/verdict.ts";
import type { Call, Reply } from "../../model/message.ts";
import { safeHeaders } from "../../model/redact.ts";
import { originOf } from "../../model/url.ts";
import { nonsense } from "../../model/verdicts.ts";
import { readResult } from "./ending.ts";
import { accepted, readFirst } from "./first_reply.ts";
import type { AzureInput, InitialReply } from "./input.ts";
import { readPoll } from "./poll_reply.ts";
import { readInstead } from "./resource_reply.ts";
import type { AzureMemory, State } from "./state.ts";

/** Azure's protocol. */
export const protocol: Protocol<AzureInput, AzureMemory> = {
  steps: {
    send: { repeat: "answered" },
    poll: { repeat: "always", poll: true },
    verify: { repeat: "always" },
    finalize: { repeat: "always" },
  },
  begin: () => ({}),
  origin: ({ request }) => originOf(request.url),
  allowsOrigin: (origin, { request, allowedOrigins = [] }) =>
    origin === originOf(request.url) || allowedOrigins.includes(origin),
  known: (step, state) => step === "send" ? knownStart(state) : undefined,
  call,
  read: (step, reply, state) => {
    switch (step) {
      case "send":
        return readFirst(reply, state);
      case "poll":
        return readPoll(reply, state);
      case "verify":
        return readInstead(reply, state);
      default:
        return readResult(reply, state);
    }
  },
  fault: (step, { kind, message, reply }, { input, elapsedMs }) =>
    step === "send" && reply && (kind === "malformed" || kind === "tooLarge")
      ? {
        ...nonsense(`Cannot read the reply to the ${input.request.method}: ${message}; it may run`),
        memory: { acceptedMs: elapsedMs },
      }
      : undefined,
  keep: ({ initialReply, ...input }, memory, uncertain) => {
    const { method, url, headers = {}, body } = input.request;
    const request = { method, url, headers: safeHeaders(headers) };
    // Nobody needs the bodies once the request was out, and they may hold secrets.
    if (memory.acceptedMs !== undefined || uncertain) return { ...input, request };
    if (initialReply) return { ...input, request, initialReply: withKnownHeaders(initialReply) };
    return { ...input, request: { ...request, ...(body !== undefined && { body }) } };
  },
  partialResult: ({ memory: { started } }) => started,
  cannotCancel: "Azure has no general way to cancel an operation",
};

/** Nothing is sent to start what runs already. */
function knownStart({ input, elapsedMs }: State): Reply | Verdict | undefined {
  const { initialReply, monitor, request } = input;
  if (initialReply) return { ...initialReply, body: initialReply.body };
  const acceptedMs = elapsedMs;
  if (monitor !== undefined) return accepted({ acceptedMs, mode: "monitor", pollUrl: monitor });
  return request.method === "GET"
    ? accepted({ acceptedMs, mode: "joined", pollUrl: request.url })
    : undefined;
}

function call(step: string, { input, memory }: State): Call {
  const { request } = input;
  if (step === "send") return request;
  const url = step === "verify"
    ? request.url
    : step === "poll"
    ? memory.pollUrl!
    : memory.finalUrl!;
  if (!request.headers) return { method: "GET", url };
  const isHome = originOf(url) === originOf(request.url);
  const headers = repeatedHeaders(request.headers);
  return { method: "GET", url, headers: isHome ? headers : safeHeaders(headers) };
}

/** The caller's custom headers are repeated; those of the body and its conditions are not. */
function repeatedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(?:content-|if-|prefer$|expect$)/i.test(name)),
  );
}

/** Somebody else's reply, with those of its headers that are read here. */
function withKnownHeaders(reply: InitialReply): InitialReply {
  const known =
    /^(?:location|operation-location|azure-asyncoperation|resource-location|x-ms-operation-id|content-type|date|.*retry-after.*)$/;
  const headers = Object.entries(reply.headers).filter(([name]) => known.test(name));
  return { ...reply, headers: Object.fromEntries(headers) };
}
