/**
 * What the Azure emulator answers to the start of an operation and to its polls.
 *
 * @module
 */
import { refusal } from "./refusal.ts";
import type { JsonValue } from "../../../model/message.ts";
import { type AzureOperation, errorOf, monitorBody, stateAt } from "./operation.ts";
import type { AzureResources } from "./resources.ts";

/** What an answer is made with. */
export interface AzureAnswering {
  /** The present time, in milliseconds since the epoch. */
  readonly now: number;
  /** Makes a URL of a path. */
  readonly locate: (path: string) => string;
  /** The emulator's resources. */
  readonly resources: AzureResources;
}

/** What the path of an operation's URL says. */
export interface OperationPath {
  /** Whether it is the URL of a monitor, or a `Location`. */
  readonly way: "operationStatuses" | "operationResults";
  /** The operation's id. */
  readonly id: string;
  /** How often its URL had moved when it was this one. */
  readonly moved: number;
}

/** How long a poll over the quota is asked to stay away, in seconds. */
const THROTTLE_SECONDS = 10;

const PATH =
  /^\/providers\/Microsoft\.Emulator\/(operationStatuses|operationResults)\/([^/]+)(?:\/(\d+))?$/;

/** Reads a path; `undefined` where it is that of a resource. */
export function readOperationPath(path: string): OperationPath | undefined {
  const [, way, id, moved = "0"] = PATH.exec(path) ?? [];
  return id === undefined
    ? undefined
    : { way: way as OperationPath["way"], id, moved: Number(moved) };
}

function operationPath({ way, id, moved }: OperationPath): string {
  return `/providers/Microsoft.Emulator/${way}/${id}${moved === 0 ? "" : `/${moved}`}`;
}

/** Answers the request that starts an operation. */
export function answerStart(operation: AzureOperation, answering: AzureAnswering): Response {
  const { method, path, behaviour: { pollBy, resultAtLocation } } = operation;
  const { now, locate, resources } = answering;
  if (pollBy === "nothing" && stateAt(operation, now) !== "succeeded") {
    return Response.json({ error: errorOf(operation) }, { status: 409 });
  }
  const isNew = resources.change(operation);
  const headers = whereToPoll(operation, answering);
  if (resultAtLocation && pollBy !== "location") {
    const { id } = operation;
    headers["location"] = locate(operationPath({ way: "operationResults", id, moved: 0 }));
  }
  if ((method === "PUT" || method === "PATCH") && pollBy !== "location") {
    return Response.json(resources.list()[path], { status: isNew ? 201 : 200, headers });
  }
  return pollBy === "nothing"
    ? answerResult(operation, answering)
    : new Response(null, { status: 202, headers });
}

/** Answers a poll, or the question for the result of an operation that a monitor told the end of. */
export function answerPoll(
  operation: AzureOperation | undefined,
  { way, id, moved }: OperationPath,
  answering: AzureAnswering,
): Response {
  const notFound = () => refusal(404, "OperationNotFound", `The operation ${id} was not found.`);
  if (operation === undefined) return notFound();
  const { startedAt, behaviour } = operation;
  const { unknownForMs = 0, leastPauseMs = 0, throttledPolls = 0, moves, vanishes } = behaviour;
  const { now } = answering;
  const state = stateAt(operation, now);
  if (now < startedAt + unknownForMs) return notFound();
  if (way !== wayOf(operation)) {
    return hasResult(operation, way, state) ? answerResult(operation, answering) : notFound();
  }
  if (operation.polls <= throttledPolls) {
    const headers = { "retry-after": String(THROTTLE_SECONDS) };
    return refusal(429, "TooManyRequests", "The quota of reads is used up.", headers);
  }
  if (vanishes && state !== "running") return notFound();
  if (moved < operation.moved - 1) return notFound(); // the one before is still good, for retries
  const tooSoonMs = operation.polledAt + leastPauseMs - now;
  if (tooSoonMs > 0) {
    const headers = { "retry-after": String(Math.ceil(tooSoonMs / 1_000)) };
    return refusal(429, "TooManyRequests", "Polled too soon.", headers);
  }
  operation.polledAt = now;
  if (state === "running" && moves) operation.moved++;
  const headers = state === "running" ? whereToPoll(operation, answering) : {};
  if (way === "operationStatuses") return answerMonitor(operation, headers, answering);
  if (behaviour.stateAtLocation) return answerState(operation, headers, answering);
  if (state === "running") return new Response(null, { status: 202, headers });
  return state === "succeeded"
    ? answerResult(operation, answering)
    : Response.json({ error: errorOf(operation) }, { status: 409 });
}

/** What a monitor answers: how it goes, or what it is about. */
function answerMonitor(
  operation: AzureOperation,
  headers: Readonly<Record<string, string>>,
  { now, resources }: AzureAnswering,
): Response {
  const { method, path, behaviour: { resourceAtMonitor } } = operation;
  const isWrite = method === "PUT" || method === "PATCH";
  if (!isWrite || !resourceAtMonitor) {
    return Response.json(monitorBody(operation, now), { headers });
  }
  const { properties: _, ...resource } = resources.list()[path] as Record<string, JsonValue>;
  return Response.json(resource, { headers });
}

/** What a `Location` answers that tells the state: in the end where the result is. */
function answerState(
  operation: AzureOperation,
  headers: Readonly<Record<string, string>>,
  { now, locate }: AzureAnswering,
): Response {
  const { id, behaviour: { result } } = operation;
  const { properties: _, ...body } = monitorBody(operation, now);
  if (stateAt(operation, now) !== "succeeded" || result === undefined) {
    return Response.json(body, { headers });
  }
  const location = locate(operationPath({ way: "operationStatuses", id, moved: 0 }));
  return Response.json(body, { headers: { ...headers, location } });
}

/** Whether the result is at a URL that is not the one that is polled. */
function hasResult(
  { behaviour }: AzureOperation,
  way: OperationPath["way"],
  state: string,
): boolean {
  if (state !== "succeeded") return false;
  const { resultAtLocation, stateAtLocation, pollBy } = behaviour;
  return way === "operationResults"
    ? resultAtLocation === true
    : stateAtLocation === true && pollBy === "location";
}

/** What an operation yields once it has succeeded. */
function answerResult(operation: AzureOperation, { resources }: AzureAnswering): Response {
  const { method, path, behaviour: { result } } = operation;
  if (method === "PUT" || method === "PATCH") return resources.answer(path);
  return method === "DELETE" || result === undefined
    ? new Response(null, { status: 204 })
    : Response.json(result);
}

/** The headers that say where, and when, to poll next. */
function whereToPoll(
  { id, moved, behaviour }: AzureOperation,
  { locate }: AzureAnswering,
): Record<string, string> {
  const { pollBy = "azure-async-operation", retryAfterSeconds } = behaviour;
  const url = (way: OperationPath["way"]) => locate(operationPath({ way, id, moved }));
  return {
    ...(pollBy === "azure-async-operation" && { "azure-asyncoperation": url("operationStatuses") }),
    ...(pollBy === "operation-location" && { "operation-location": url("operationStatuses") }),
    ...(pollBy === "location" && { location: url("operationResults") }),
    ...(retryAfterSeconds !== undefined && { "retry-after": String(retryAfterSeconds) }),
  };
}

function wayOf({ behaviour: { pollBy } }: AzureOperation): OperationPath["way"] | undefined {
  if (pollBy === "body" || pollBy === "nothing") return undefined;
  return pollBy === "location" ? "operationResults" : "operationStatuses";
}
