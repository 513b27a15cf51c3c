/**
 * Single requests about operations: list them, look at one, cancel one, start one
 * and leave it in the background.
 *
 * @module
 */
import { checkRecord, isRecord } from "../../model/check_input.ts";
import type { StepPolicy } from "../../model/step.ts";
import type { Failure } from "../../model/verdict.ts";
import type { Call, Reply } from "../../model/message.ts";
import { askOnce, type AskOptions, type Question } from "../../runtime/http/ask_once.ts";
import { checkCommonInput, checkOperationUrl, checkRequest, type LxdCommonInput } from "./input.ts";
import { isOperation, type LxdOperation, operationOf } from "./operation.ts";
import type { LxdState } from "./memory.ts";
import { protocol, READ } from "./protocol.ts";
import { cancelCodeOf, isTransient, readRefusal, statusOf, typeOf } from "./reply.ts";
import { idOf, inProject, projectOf } from "./url.ts";

/** What {@linkcode operations} takes. */
export interface LxdListInput extends LxdCommonInput {
  /** Of which project; LXD's own default where it is not given. */
  readonly project?: string | undefined;
  /**
   * Of all projects. It asks the server first whether it can: one without the API extension
   * `operations_get_query_all_projects` would list one project as if it were all.
   *
   * @default {false}
   */
  readonly allProjects?: boolean | undefined;
}

/** What {@linkcode getOperation} and {@linkcode cancelOperation} take. */
export interface LxdOneInput extends LxdCommonInput {
  /** Its UUID or its URL, whole or as LXD gives it. */
  readonly operation: string;
}

/** What {@linkcode request} takes. */
export interface LxdRequestInput extends LxdCommonInput {
  /** The request; its path alone will do for a URL. */
  readonly request: Call;
}

/** How LXD answered: at once, or with an operation in the background. */
export type LxdReply<T = unknown> =
  | { readonly kind: "value"; readonly value: T }
  | {
    readonly kind: "operation";
    /** The operation, as it stood. */
    readonly operation: LxdOperation;
    /** Its URL, for `lxd.operation({ operation: url })`. */
    readonly url: string;
  };

type Read<T> = { readonly value: T } | { readonly failure: Failure };

/**
 * Lists the operations that a server knows: those that go on, and those that
 * ended within the last 5 s.
 *
 * @example Usage
 * ```ts
 * import { lxd } from "@lro/machines";
 * import { createLxdEmulator } from "@lro/machines/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const { fetch } = createLxdEmulator({ plan: { durationMs: 60_000 } });
 * await lxd.request({ request: { method: "POST", url: "/1.0/images" } }, { fetch });
 * const [operation] = await lxd.operations({}, { fetch });
 * assertEquals(operation?.status, "Running");
 * await lxd.cancelOperation({ operation: operation!.id }, { fetch });
 * ```
 *
 * @throws {ProtocolError} If `allProjects` is more than the server can tell.
 * @throws {LroError} If there is no answer, or it makes no sense.
 * @throws {TypeError} Naming the field that is unknown or of the wrong type.
 */
export async function operations(
  input: LxdListInput = {},
  options: AskOptions = {},
): Promise<LxdOperation[]> {
  const doing = "list operations";
  const fields = checkRecord(input, doing, "input", [...COMMON, "project", "allProjects"]);
  const { project, allProjects } = input;
  const { baseUrl, headers } = checkCommonInput(fields, doing);
  if (allProjects) await checkAllProjects(baseUrl, headers, options);
  const url = new URL(`${baseUrl}/1.0/operations?recursion=1`);
  if (project !== undefined) url.searchParams.set("project", project);
  if (allProjects) url.searchParams.set("all-projects", "true");
  const call = withHeaders({ method: "GET", url: url.href }, headers);
  return await ask({ doing, call, policy: READ, read: readList }, options);
}

/**
 * Looks at an operation.
 *
 * @throws {OperationExpiredError} If the server does not know it any more.
 * @throws {LroError} If there is no answer, or it makes no sense.
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 */
export async function getOperation(
  input: LxdOneInput,
  options: AskOptions = {},
): Promise<LxdOperation> {
  const doing = "look at operation";
  const { url, headers } = checkOne(input, doing);
  const read = (reply: Reply): Read<LxdOperation> => {
    const found = reply.status === 200 && typeOf(reply) === "sync" && operationOf(reply);
    return found ? { value: found } : { failure: readRefusal(`Cannot ${doing}`, reply).failure! };
  };
  const call = withHeaders({ method: "GET", url }, headers);
  return await ask({ doing, call, policy: READ, read, operationId: idOf(url) }, options);
}

/**
 * Asks the server to cancel an operation, and does not wait until it has.
 *
 * @throws {RequestRejectedError} If it cannot be canceled, or has ended.
 * @throws {OperationExpiredError} If the server does not know it any more.
 * @throws {LroError} If there is no answer, or it makes no sense.
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 */
export async function cancelOperation(
  input: LxdOneInput,
  options: AskOptions = {},
): Promise<void> {
  const doing = "cancel operation";
  const { url, headers } = checkOne(input, doing);
  const read = (reply: Reply): Read<void> => {
    if (reply.status === 200 && typeOf(reply) === "sync") return { value: undefined };
    const { failure } = readRefusal(`Cannot ${doing}`, reply);
    if (failure!.code !== "transport") return { failure: failure! };
    return { failure: { ...failure!, code: cancelCodeOf(statusOf(reply)) } };
  };
  const policy: StepPolicy = { repeat: "once", isTransient };
  const call = withHeaders({ method: "DELETE", url }, headers);
  await ask({ doing, call, policy, read, operationId: idOf(url) }, options);
}

/**
 * Sends a request and waits for nothing: what it starts goes on in the
 * background. A request that may have been processed is not sent again.
 *
 * @typeParam T The type of the value where the request is answered at once.
 * @throws {RequestRejectedError} If the server refuses it.
 * @throws {LroError} If there is no answer, or it makes no sense.
 * @throws {TypeError} Naming the field that is missing, unknown or of the wrong type.
 */
export async function request<T = unknown>(
  input: LxdRequestInput,
  options: AskOptions = {},
): Promise<LxdReply<T>> {
  const doing = "send request";
  const fields = checkRecord(input, doing, "input", [...COMMON, "request"]);
  const { baseUrl, headers } = checkCommonInput(fields, doing);
  const call = checkRequest(fields["request"], baseUrl, doing);
  const policy = protocol.steps["start"]!;
  const read = (reply: Reply): Read<LxdReply<T>> => readRequest(reply, call);
  return await ask({ doing, call: withHeaders(call, headers), policy, read }, options);
}

const COMMON = ["baseUrl", "headers"];

function ask<T>(
  question: Omit<Question<T>, "provider">,
  options: AskOptions,
): Promise<T> {
  return askOnce({ provider: "lxd", ...question }, options);
}

function withHeaders(call: Call, headers: LxdCommonInput["headers"]): Call {
  return headers ? { ...call, headers: { ...headers, ...call.headers } } : call;
}

function checkOne(input: unknown, doing: string) {
  const fields = checkRecord(input, doing, "input", [...COMMON, "operation"]);
  const { baseUrl, headers } = checkCommonInput(fields, doing);
  return { url: checkOperationUrl(fields["operation"], baseUrl, doing), headers };
}

/** By doc/api-extensions.md; a server without it takes the parameter, and lists one project. */
const ALL_PROJECTS = "operations_get_query_all_projects";

/** Rejects where the server cannot list all projects. */
async function checkAllProjects(
  baseUrl: string,
  headers: LxdCommonInput["headers"],
  options: AskOptions,
): Promise<void> {
  const doing = "list operations of all projects";
  const call = withHeaders({ method: "GET", url: `${baseUrl}/1.0` }, headers);
  const read = (reply: Reply): Read<void> => {
    const metadata = isRecord(reply.body) ? reply.body["metadata"] : undefined;
    if (reply.status !== 200 || typeOf(reply) !== "sync") {
      return { failure: readRefusal(`Cannot ${doing}`, reply).failure! };
    }
    const extensions = isRecord(metadata) ? metadata["api_extensions"] : undefined;
    if (Array.isArray(extensions) && extensions.includes(ALL_PROJECTS)) return { value: undefined };
    const message = `Cannot ${doing}: the server lacks the API extension ${ALL_PROJECTS}, and ` +
      "would list one project only; ask it for each project by `project`";
    return { failure: { code: "protocol", message } };
  };
  await ask({ doing, call, policy: READ, read }, options);
}

/** An object of lists by status, in any case; the lists hold operations, or their URLs only. */
function readList(reply: Reply): Read<LxdOperation[]> {
  const doing = "Cannot list operations";
  const metadata = isRecord(reply.body) ? reply.body["metadata"] : undefined;
  if (reply.status !== 200 || typeOf(reply) !== "sync") {
    return { failure: readRefusal(doing, reply).failure! };
  }
  const found: LxdOperation[] = [];
  for (const [status, list] of Object.entries(isRecord(metadata) ? metadata : {})) {
    for (const item of Array.isArray(list) ? list : []) {
      const operation = isOperation(item) ? item : namedOperation(item, status);
      if (!operation) {
        const message = `${doing}: ${status} holds something that is no operation`;
        return { failure: { code: "protocol", message } };
      }
      found.push(operation);
    }
  }
  return { value: found };
}

const CODES: Readonly<Record<string, number>> = {
  pending: 105,
  running: 103,
  cancelling: 104,
  success: 200,
  failure: 400,
  cancelled: 401,
};

/** As much of an operation as its URL and its list tell. */
function namedOperation(url: unknown, status: string): LxdOperation | undefined {
  const code = CODES[status.toLowerCase()];
  if (typeof url !== "string" || code === undefined) return undefined;
  return { id: idOf(new URL(url, "http://lxd").href), status, status_code: code };
}

function readRequest<T>(reply: Reply, call: Call): Read<LxdReply<T>> {
  const state = { input: { request: call }, memory: {}, uncertain: false, elapsedMs: 0 };
  const verdict = protocol.read("start", reply, { ...state, remainingMs: Infinity } as LxdState);
  if (verdict.failure) return { failure: verdict.failure };
  if (verdict.type === "succeeded") {
    return { value: { kind: "value", value: verdict.value as T } };
  }
  const { operationUrl } = verdict.memory as { operationUrl: string };
  const url = inProject(operationUrl, projectOf(call.url));
  const operation = operationOf(reply) ?? { id: idOf(url), status: "Pending", status_code: 105 };
  return { value: { kind: "operation", operation, url } };
}
