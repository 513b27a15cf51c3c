/**
 * What a request to the OCI emulator asks for.
 *
 * @module
 */
import type { OciActionKind } from "./resource.ts";

/** The kinds of requests that the emulator knows. */
export type OciRequestKind =
  | "create"
  | "read"
  | "act"
  | "update"
  | "delete"
  | "workRequest"
  | "errors"
  | "logs";

/** What a request asks for. */
export interface OciRoute {
  /** Which kind of request. */
  readonly kind: OciRequestKind;
  /** The collection that it names. */
  readonly collection: string;
  /** The resource, or work request, that it names. */
  readonly id?: string;
  /** What it does to a resource. */
  readonly action?: OciActionKind;
}

/** Reads method and URL; `undefined` where the emulator has nothing of the sort. */
export function findOciRoute({ method, url }: Request): OciRoute | undefined {
  const { pathname, searchParams } = new URL(url);
  const [, collection, id, rest] = /^\/\d{8}\/([\w-]+)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(pathname) ??
    [];
  if (collection === undefined) return undefined;
  if (id === undefined) return method === "POST" ? { kind: "create", collection } : undefined;
  const named = { collection, id: decode(id) };
  if (collection === "workRequests") {
    const kind = rest ?? "workRequest";
    const isKnown = kind === "workRequest" || kind === "errors" || kind === "logs";
    return method === "GET" && isKnown ? { kind, ...named } : undefined;
  }
  if (rest !== undefined && method !== "POST") return undefined;
  switch (method) {
    case "GET":
      return { kind: "read", ...named };
    case "POST":
      return { kind: "act", ...named, action: actionOf(rest ?? searchParams.get("action")) };
    case "PUT":
    case "PATCH":
      return { kind: "update", ...named, action: "update" };
    case "DELETE":
      return { kind: "delete", ...named, action: "delete" };
    default:
      return undefined;
  }
}

/** `?action=START`, or `/actions` of another name. */
function actionOf(word: string | null): OciActionKind {
  switch (word?.toLowerCase()) {
    case "start":
      return "start";
    case "stop":
    case "softstop":
      return "stop";
    default:
      return "act";
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
