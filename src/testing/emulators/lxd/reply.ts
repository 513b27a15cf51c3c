/**
 * The LXD emulator's routes and envelopes.
 *
 * @module
 */
import type { LxdRequestKind } from "./request_kind.ts";
import type { LxdOperationState } from "./operation.ts";

/** What a request is about. */
export interface LxdRoute {
  /** Which request. */
  readonly kind: LxdRequestKind;
  /** Of which operation. */
  readonly id?: string;
}

/** What a request is about. */
export function findRoute(method: string, pathname: string): LxdRoute {
  if (pathname === "/1.0/events") return { kind: "events" };
  const [whole, id, wait] = /^\/1\.0\/operations(?:\/([^/]+)(\/wait)?)?$/.exec(pathname) ?? [];
  if (whole === undefined) return { kind: method === "GET" ? "read" : "start" };
  if (id === undefined) return { kind: "list" };
  if (wait !== undefined) return { kind: "wait", id };
  return { kind: method === "DELETE" ? "cancel" : "get", id };
}

/** It is done. */
export function syncReply(metadata: object): Response {
  return Response.json({
    ...ENVELOPE,
    type: "sync",
    status: "Success",
    status_code: 200,
    metadata,
  });
}

/** It was begun. */
export function asyncReply(operation: string, metadata: LxdOperationState): Response {
  return Response.json(
    {
      ...ENVELOPE,
      type: "async",
      status: "Operation created",
      status_code: 100,
      operation,
      metadata,
    },
    { status: 202, headers: { location: operation } },
  );
}

/**
 * It is not done.
 *
 * @param httpStatus Where it differs from the error's.
 */
export function errorReply(status: number, error: string, httpStatus: number = status): Response {
  return Response.json(
    { ...ENVELOPE, type: "error", error, error_code: status, metadata: null },
    { status: httpStatus },
  );
}

/** All operations, by status. */
export function listReply(
  operations: readonly LxdOperationState[],
  query: URLSearchParams,
): Response {
  const isWhole = query.get("recursion") === "1";
  const lists: Record<string, unknown[]> = {};
  for (const operation of operations) {
    const { status, id } = operation;
    (lists[status.toLowerCase()] ??= []).push(isWhole ? operation : `/1.0/operations/${id}`);
  }
  return syncReply(lists);
}

const ENVELOPE = { status: "", status_code: 0, operation: "", error_code: 0, error: "" };
