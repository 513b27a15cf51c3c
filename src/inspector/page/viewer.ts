/// <reference lib="dom" />
/**
 * The page as a viewer of somebody else's machines: the target of
 * `createBrowserInspector({ url })` of `@statelyai/inspect`. It listens to the
 * window that opened it, and to no server.
 *
 * @module
 */
import { readChart } from "../../drawing/chart.ts";
import { layOutNested } from "../../drawing/nested_layout.ts";
import type { JsonValue } from "../../model/message.ts";
import type { WireEntry, WireHistory, WireMachine, WireRow } from "../wire/wire.ts";
import type { ServerListener } from "./server.ts";
import { browserNow, later } from "./browser.ts";

/** Actors that are shown at most. */
const MAX_ACTORS = 5_000;
/** Entries that are kept of each. */
const MAX_ENTRIES = 400;

/** What comes; nothing about it is certain. */
interface ViewerEvent {
  readonly type?: unknown;
  readonly sessionId?: unknown;
  readonly name?: unknown;
  readonly definition?: unknown;
  readonly createdAt?: unknown;
  readonly event?: { readonly type?: unknown } | null;
  readonly snapshot?: {
    readonly status?: unknown;
    readonly value?: JsonValue;
    readonly context?: JsonValue;
    readonly output?: JsonValue;
    readonly error?: JsonValue;
  } | null;
}

/** Collects what another window sends. */
export class Viewer {
  readonly #listener: ServerListener;
  readonly #source: Window | null;
  readonly #rows = new Map<string, WireRow>();
  readonly #entries = new Map<string, WireEntry[]>();
  #changed = new Set<string>();
  #machines: WireMachine[] = [];

  /** Tells the window that opened the page that it is there. */
  constructor(listener: ServerListener) {
    this.#listener = listener;
    this.#source = opener ?? (parent === self ? null : parent);
    addEventListener("message", ({ source, data }) => {
      if (source === this.#source) this.#receive(data);
    });
    this.#source?.postMessage({ type: "@statelyai.connected" }, "*");
    listener.connection(this.#source ? "live" : "refused");
  }

  /** The history of an actor, from after an entry on. */
  history(id: string, after: number): Promise<WireHistory> {
    const entries = (this.#entries.get(id) ?? []).filter(({ entry }) => entry > after);
    return Promise.resolve({ entries });
  }

  #receive(data: ViewerEvent | null): void {
    const id = data?.sessionId;
    if (typeof id !== "string" || !data) return;
    const at = Number(data.createdAt) || 0;
    if (data.type === "@xstate.actor") this.#begin(id, data, at);
    if (data.type === "@xstate.snapshot") this.#move(id, data, at);
  }

  #begin(id: string, { name, definition, snapshot }: ViewerEvent, at: number): void {
    if (this.#rows.size >= MAX_ACTORS && !this.#rows.has(id)) return;
    const machine = this.#addMachine(definition, typeof name === "string" ? name : id);
    this.#entries.set(id, []);
    this.#rows.set(id, {
      id,
      machine,
      isOperation: false,
      status: "active",
      value: pathOf(snapshot?.value),
      polls: 0,
      requests: 0,
      startedAt: at,
      entry: 0,
    });
    this.#add(id, { at, event: "xstate.init", snapshot });
  }

  #move(id: string, { event, snapshot }: ViewerEvent, at: number): void {
    const type = event?.type;
    this.#add(id, { at, event: typeof type === "string" ? type : "", snapshot });
  }

  #add(
    id: string,
    { at, event, snapshot }: {
      readonly at: number;
      readonly event: string;
      readonly snapshot: ViewerEvent["snapshot"];
    },
  ): void {
    const row = this.#rows.get(id);
    const entries = this.#entries.get(id);
    if (!row || !entries || !snapshot) return;
    const { status, value, context = null, output, error } = snapshot;
    const isEnd = status === "done" || status === "error" || status === "stopped";
    const path = pathOf(value);
    const outcome = error ?? output;
    // An actor is announced with its first snapshot, and that follows once more.
    if (event === "xstate.init") entries.length = 0;
    entries.push({
      entry: row.entry + 1,
      at,
      type: isEnd ? "ended" : event === "xstate.init" ? "began" : "moved",
      event,
      snapshot: { value: path, context, polls: 0, requests: 0 },
      ...(isEnd && outcome !== undefined && { outcome }),
    });
    if (entries.length > MAX_ENTRIES) entries.shift();
    this.#rows.set(id, {
      ...row,
      status: isEnd ? status : "active",
      value: path,
      entry: row.entry + 1,
      ...(isEnd && { endedAt: at }),
    });
    if (this.#changed.size === 0) later(() => this.#tell(), 30);
    this.#changed.add(id);
  }

  #addMachine(definition: unknown, name: string): string {
    let config: unknown = {};
    try {
      if (typeof definition === "string") config = JSON.parse(definition);
    } catch {
      // not a machine that we can draw
    }
    const chart = readChart(config);
    const id = chart.id === "(machine)" ? name : chart.id;
    this.#machines.push({ name: id, definition: "", layout: layOutNested(chart) });
    return id;
  }

  #tell(): void {
    const changed = this.#changed;
    const machines = this.#machines;
    this.#changed = new Set();
    this.#machines = [];
    const rows = [...changed].flatMap((id) => this.#rows.get(id) ?? []);
    this.#listener.changes({ now: browserNow(), machines, rows });
  }
}

function pathOf(value: JsonValue | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value).flatMap(([name, inner]) =>
    pathOf(inner).split(" ").map((rest) => rest === "" ? name : `${name}.${rest}`)
  ).join(" ");
}
