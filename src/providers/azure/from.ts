/**
 * Takes over from an SDK: its replies, the first or a later one, become an
 * operation.
 *
 * @module
 */
import { checkRecord, checkUrl, isRecord, refuse } from "../../model/check_input.ts";
import { createOperation } from "../../model/kind.ts";
import type { Operation } from "../../model/message.ts";
import type { AzureOptions } from "./input.ts";
import { operationKind } from "./operation_kind.ts";
import { monitorStatus } from "./reply.ts";

/** A request that an SDK has sent. */
export interface SdkRequest {
  /** HTTP method. */
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
}

/** What `onResponse` of an Azure SDK is called with, or as much of it as matters. */
export interface SdkResponse {
  /** HTTP status. */
  readonly status: number;
  /** Response headers: plain, a `Headers`, or with a `toJSON` as the SDK has them. */
  readonly headers: object;
  /** The request that it answers. */
  readonly request?: SdkRequest;
  /** The body as it came; comes before the others, because an SDK changes names in what it parses. */
  readonly bodyAsText?: string | null;
  /** The parsed body, as the SDK calls it. */
  readonly parsedBody?: unknown;
  /** The parsed body, as a reply of this library calls it. */
  readonly body?: unknown;
}

/** Options of {@linkcode from}: those of `operation` but what the replies tell. */
export type FromOptions = Omit<AzureOptions, "request" | "initialReply" | "monitor">;

/**
 * Makes an operation of a reply that an SDK got. Nothing is sent again.
 *
 * The hook of an SDK is called for every reply of its own poller. Which one this
 * is, is told by its request: a reply to a PUT, PATCH, POST or DELETE is the
 * first; one to a GET is a poll, or what ends it. Of a poll only its URL counts,
 * or, where the start is not known, its body too: one that says that it runs is
 * never a result.
 *
 * @param response The reply. It must have its `request`, unless `start` is that.
 * @param start The request that started the operation; with it, a later reply of a PUT or PATCH ends with the resource.
 * @param options As those of `operation`.
 * @typeParam T The type of the result.
 * @throws {TypeError} Naming the field that is missing or of the wrong type.
 *
 * @example The reply to a PUT
 * ```ts
 * import { azure } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * const url = "https://management.azure.com/resourceGroups/g?api-version=2024-03-01";
 * const operation = azure.from({
 *   status: 201,
 *   headers: { "Azure-AsyncOperation": "https://management.azure.com/operations/1" },
 *   parsedBody: { properties: { provisioningState: "Creating" } },
 *   request: { method: "PUT", url },
 * });
 * assertEquals(operation.kind, "azure.operation");
 * ```
 */
export function from<T = unknown>(
  response: SdkResponse,
  start?: SdkRequest,
  options: FromOptions = {},
): Operation<T> {
  const doing = "make azure.operation of a reply";
  const { status, headers, request, ...bodies } = checkRecord(response, doing, "response");
  const asked = checkRequest(request ?? start, doing, "response.request");
  const first = start === undefined ? asked : checkRequest(start, doing, "start");
  const initialReply = { status, headers: plainHeaders(headers, doing), body: bodyOf(bodies) };
  if (asked.method !== "GET") return make<T>({ ...options, request: asked, initialReply });
  const isFromStart = first.method !== "GET" && first.url !== asked.url;
  // A monitor can be asked again, and knows more by then; its start tells where the result is.
  return isFromStart && monitorStatus(initialReply.body) !== undefined
    ? make<T>({ ...options, request: first, monitor: asked.url })
    : make<T>({ ...options, request: asked, initialReply });
}

function make<T>(input: object): Operation<T> {
  return createOperation<T>(operationKind, input);
}

/** Method and URL alone: what else an SDK's request has, credentials too, stays where it is. */
function checkRequest(value: unknown, doing: string, field: string): SdkRequest {
  const { method, url } = checkRecord(value, doing, field);
  if (typeof method !== "string") refuse(doing, `${field}.method`, "an HTTP method", method);
  return {
    method: method.toUpperCase(),
    url: checkUrl(url, doing, `${field}.url`),
  };
}

function plainHeaders(value: unknown, doing: string): unknown {
  if (value instanceof Headers) return Object.fromEntries(value);
  if (!isRecord(value)) return refuse(doing, "response.headers", "an object", value);
  return typeof value["toJSON"] === "function" ? value["toJSON"]() : value;
}

function bodyOf(bodies: Readonly<Record<string, unknown>>): unknown {
  const { bodyAsText, parsedBody, body } = bodies;
  if (typeof bodyAsText !== "string") return parsedBody ?? body ?? undefined;
  if (bodyAsText.trim() === "") return undefined;
  try {
    return JSON.parse(bodyAsText);
  } catch {
    return bodyAsText; // a page, perhaps; never taken for a result
  }
}
