/**
 * The inspector's server as one function from request to response.
 *
 * @module
 */
import type { Runtime } from "../../runtime/runtime.ts";
import type { Clock } from "../../services.ts";
import { obey, readCommand } from "../commands.ts";
import { createEventStream } from "./sse.ts";
import { type Gate, pageHeaders, type Refusal, SAFE_HEADERS } from "./gate.ts";
import type { Hub } from "../record/hub.ts";
import { PAGE_HTML, PAGE_ICON, PAGE_SCRIPT, PAGE_STYLE } from "../page.generated.ts";
import type { OperationRecord } from "../record/record.ts";
import { toStatelyEvents } from "../wire/stately.ts";
import type { WireHistory, WireStately } from "../wire/wire.ts";

/** How long everything is kept of an operation that somebody looks at, in milliseconds. */
const WATCHED_MS = 60_000;

/** What the handler works with. */
export interface HandlerOptions {
  /** The runtime that commands go to. */
  readonly runtime: Runtime;
  /** What is shown. */
  readonly hub: Hub;
  /** Who gets in. */
  readonly gate: Gate;
  /** Time for gathering changes. */
  readonly clock: Clock;
  /** Tells this server from the one before. */
  readonly epoch: string;
  /** Whether commands are accepted. */
  readonly allowsActions: boolean;
  /** The viewer that operations can be sent to. */
  readonly statelyUrl: string;
  /** Ends all streams. */
  readonly signal: AbortSignal;
}

/** The page's files: public code that holds nothing of anybody's. */
const FILES: Readonly<Record<string, readonly [type: string, text: string]>> = {
  "/page.js": ["text/javascript; charset=utf-8", PAGE_SCRIPT],
  "/page.css": ["text/css; charset=utf-8", PAGE_STYLE],
  "/icon.svg": ["image/svg+xml", PAGE_ICON],
};

/** Makes the handler. */
export function createHandler(options: HandlerOptions): (request: Request) => Promise<Response> {
  const { gate } = options;
  return async (request) => {
    const url = new URL(request.url);
    const stranger = gate.refuseStranger(request);
    if (stranger) return refuse(stranger);
    const isCommand = url.pathname === "/commands";
    if (!isCommand && request.method !== "GET") {
      return refuse({ status: 405, reason: "Only GET is answered here" });
    }
    const file = Object.hasOwn(FILES, url.pathname) ? FILES[url.pathname] : undefined;
    if (file) {
      return new Response(file[1], { headers: { ...SAFE_HEADERS, "content-type": file[0] } });
    }
    if (url.pathname === "/viewer") return page({ connects: false });
    if (url.pathname === "/" && url.searchParams.has("token")) return letIn(request, url, gate);
    const refusal = gate.refuseUnknown(request);
    if (refusal) return refuse(refusal);
    if (url.pathname === "/") return page({ connects: true });
    const other = gate.refuseCrossSite(request);
    if (other) return refuse(other);
    return isCommand ? await command(request, options) : read(request, url, options);
  };
}

/** Changes a good token for a cookie, and takes it out of the address. */
function letIn(request: Request, url: URL, gate: Gate): Response {
  const cookie = gate.redeem(url.searchParams.get("token") ?? "");
  const refusal = cookie === undefined ? gate.refuseUnknown(request) : undefined;
  if (refusal) return refuse(refusal);
  return new Response(null, {
    status: 303,
    headers: { ...SAFE_HEADERS, location: "/", ...(cookie && { "set-cookie": cookie }) },
  });
}

async function command(request: Request, options: HandlerOptions): Promise<Response> {
  const refusal = options.gate.refuseCommand(request);
  if (refusal) return refuse(refusal);
  if (!options.allowsActions) {
    return refuse({
      status: 403,
      reason: "This inspector only shows; start it with actions allowed to change anything",
    });
  }
  const read = await readCommand(request);
  if ("reason" in read) return refuse(read);
  return json({ count: obey(options.runtime, read) });
}

function read(request: Request, url: URL, options: HandlerOptions): Response {
  const { hub } = options;
  const { pathname, searchParams } = url;
  const after = Number(searchParams.get("after") ?? 0) || 0;
  if (pathname === "/events") {
    const lastEventId = request.headers.get("last-event-id") ?? searchParams.get("since");
    const stream = createEventStream({ ...options, lastEventId: lastEventId ?? undefined });
    return new Response(stream, {
      headers: { ...SAFE_HEADERS, "content-type": "text/event-stream" },
    });
  }
  if (pathname === "/export") return exported([...hub.records.values()], "operations");
  const [, encoded, what] = /^\/operations\/([^/]+)\/(history|stately|export)$/.exec(pathname) ??
    [];
  const record = encoded === undefined ? undefined : hub.records.get(decode(encoded));
  if (!record) return refuse({ status: 404, reason: "Nothing is known under this address" });
  if (what === "export") return exported([record], "operation");
  if (what === "stately") {
    const events = toStatelyEvents(record, hub.machines.get(record.machine)!, after);
    const message: WireStately = { entry: record.newest, events };
    return json(message);
  }
  record.watchedUntil = hub.clock.now() + WATCHED_MS;
  const { input } = record;
  const history: WireHistory = {
    ...(input !== undefined && { input }),
    entries: record.entriesAfter(after),
  };
  return json(history);
}

/** Everything that is known, a JSON line for each row and each entry. */
function exported(records: readonly OperationRecord[], name: string): Response {
  const encoder = new TextEncoder();
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const record = records[next++];
      if (!record) return controller.close();
      const { id, input } = record;
      const lines = [
        { type: "operation", ...record.toRow(), input },
        ...record.entriesAfter(0).map((entry) => ({ id, ...entry })),
      ];
      controller.enqueue(
        encoder.encode(lines.map((line) => `${JSON.stringify(line)}\n`).join("")),
      );
    },
  });
  return new Response(body, {
    headers: {
      ...SAFE_HEADERS,
      "content-type": "application/x-ndjson",
      "content-disposition": `attachment; filename="${name}.ndjson"`,
    },
  });
}

function page(options: { readonly connects: boolean }): Response {
  return new Response(PAGE_HTML, { headers: pageHeaders(options) });
}

function json(value: unknown): Response {
  return new Response(JSON.stringify(value), {
    headers: { ...SAFE_HEADERS, "content-type": "application/json" },
  });
}

function refuse({ status, reason }: Refusal): Response {
  return new Response(`${reason}\n`, {
    status,
    headers: { ...SAFE_HEADERS, "content-type": "text/plain; charset=utf-8" },
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
