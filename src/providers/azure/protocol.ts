/**
 * Azure's protocol: ARM and data plane.
 *
 * | the first reply has | mode | polls | ends when |
 * | --- | --- | --- | --- |
 * | `Operation-Location` or `Azure-AsyncOperation` | monitor | that URL | its `status` is final |
 * | `Location` | location | that URL | it answers other than 202 |
 * | neither, to a PUT or PATCH | body | the resource | its `provisioningState` is final or absent |
 * | neither, to anything else | status | nothing | at once |
 *
 * A monitor that succeeded may leave the result elsewhere: then one more GET.
 *
 * Sources: ARM RPC "Asynchronous operations"; Microsoft REST API guidelines,
 * "Long-running operations"; `x-ms-long-running-operation-options`.
 *
 * @module
 */
import type { Protocol } from "../../kind.ts";
import type { Call } from "../../operation.ts";
import { safeHeaders } from "../../redact.ts";
import { originOf } from "../../runtime/url.ts";
import { nonsense } from "../../verdicts.ts";
import { readResult } from "./ending.ts";
import { readFirst } from "./first_reply.ts";
import type { AzureInput, InitialReply } from "./input.ts";
import { readPoll } from "./poll_reply.ts";
import type { AzureMemory, State } from "./state.ts";

/** Azure's protocol. */
export const protocol: Protocol<AzureInput, AzureMemory> = {
  steps: {
    send: { repeat: "answered" },
    poll: { repeat: "always", poll: true },
    finalize: { repeat: "always" },
  },
  begin: () => ({}),
  origin: ({ request }) => originOf(request.url),
  allowsOrigin: (origin, { request, allowedOrigins = [] }) =>
    origin === originOf(request.url) || allowedOrigins.includes(origin),
  known: (step, { input: { initialReply } }) =>
    step === "send" && initialReply ? { ...initialReply, body: initialReply.body } : undefined,
  call,
  read: (step, reply, state) => {
    switch (step) {
      case "send":
        return readFirst(reply, state);
      case "poll":
        return readPoll(reply, state);
      default:
        return readResult(reply);
    }
  },
  fault: (step, { kind, message, reply }, { input, elapsedMs }) =>
    step === "send" && reply && (kind === "malformed" || kind === "tooLarge")
      ? {
        ...nonsense(`Cannot read the reply to the ${input.request.method}: ${message}`),
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
  cannotCancel: "Azure has no general way to cancel an operation",
};

function call(step: string, { input, memory }: State): Call {
  const { request } = input;
  if (step === "send") return request;
  const url = step === "poll" ? memory.pollUrl! : memory.finalUrl!;
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
  const known = /^(?:location|operation-location|azure-asyncoperation|date|.*retry-after.*)$/;
  const headers = Object.entries(reply.headers).filter(([name]) => known.test(name));
  return { ...reply, headers: Object.fromEntries(headers) };
}
