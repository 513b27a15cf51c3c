/**
 * Puts the inspector together: watches a runtime, and serves what it sees to this
 * machine's own browser.
 *
 * @module
 */
import { configOf, type InspectionEvent } from "../xstate/mod.ts";
import type { LayoutEngine } from "../drawing/elk_layout.ts";
import { findKind } from "../model/kind.ts";
import {
  checkOptions,
  having,
  type OptionRules,
  POSITIVE_INTEGER,
} from "../model/check_options.ts";
import { observe } from "../model/observe.ts";
import { hostOf } from "../runtime/local_context.ts";
import type { OperationHandle } from "../model/handle.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type Clock, systemClock } from "../services.ts";
import { serveLoopback } from "../loopback/serve.ts";
import { Gate, randomText } from "./serve/gate.ts";
import { createHandler } from "./serve/handler.ts";
import { Hub } from "./record/hub.ts";
import { OperationRecord, pathOf } from "./record/record.ts";
import { createSpecimen, type Specimen } from "./specimen.ts";
import { toStatelyEvents } from "./wire/stately.ts";
import type { StatelyEvent } from "./wire/stately_event.ts";
import { RuntimeWatcher } from "./record/watcher.ts";
import { createXStateObserver } from "./wire/xstate_observer.ts";

/** Options for {@linkcode createInspector}. */
export interface InspectorOptions {
  /**
   * TCP port on the loopback interface.
   *
   * @default {0} Any that is free.
   */
  readonly port?: number | undefined;
  /**
   * Whether the page may cancel operations and have them polled at once.
   *
   * @default {false}
   */
  readonly allowActions?: boolean | undefined;
  /**
   * At least 32 characters that nobody can guess. With the same port and secret a
   * page that is open survives a restart. Made up where it is not given.
   */
  readonly secret?: string | undefined;
  /**
   * Operations kept; of those that have ended the oldest are forgotten first, good
   * ends before bad ones. Those that go on are always kept.
   *
   * @default {20000}
   */
  readonly maxOperations?: number | undefined;
  /**
   * Lays out machines that are not this package's own, e.g. `new ELK()` of `elkjs`.
   * Without it they are boxes within boxes.
   */
  readonly layoutEngine?: LayoutEngine | undefined;
  /**
   * The viewer that "Open in Stately Inspector" opens. What the page shows of an
   * operation is sent there when somebody presses the button, and not before.
   *
   * @default {"https://stately.ai/inspect"}
   */
  readonly statelyUrl?: string | undefined;
  /** Time for gathering changes; the machine's own where it is not given. */
  readonly clock?: Clock | undefined;
}

/** An inspector at work. `await using` it, or call `close()`. */
export interface Inspector extends AsyncDisposable {
  /** Where it is, without a token: for a browser that was let in. */
  readonly origin: string;
  /** A page without any data for `createBrowserInspector({ url })` of `@statelyai/inspect`. */
  readonly viewerUrl: string;
  /** A link that lets one browser in, once; another each time. */
  createLink(): string;
  /** XState's `inspect`, for actors of your own that are to be shown beside the operations. */
  inspect(event: InspectionEvent): void;
  /**
   * What is known of an operation in the wire format of Stately Inspector.
   *
   * @param id The operation's id.
   * @returns The actor, then its events and snapshots; nothing of an unknown operation.
   */
  statelyEvents(id: string): StatelyEvent[];
  /** Stops watching and serving. The operations go on. */
  close(): Promise<void>;
}

/**
 * Watches a runtime and serves a page that shows it, on the loopback interface.
 *
 * Nothing is sent anywhere else. Secrets are hidden before anything is kept; the
 * page changes nothing unless `allowActions` says so.
 *
 * @example Print a link
 * ```ts
 * import { createRuntime } from "@lro/machines";
 * import { createInspector } from "@lro/machines/inspector";
 *
 * await using runtime = createRuntime();
 * await using inspector = await createInspector(runtime);
 * console.log(`Watch at ${inspector.createLink()}`);
 * ```
 *
 * @param runtime What to watch; it has one inspector at most.
 * @param options The port, and what is allowed.
 * @throws {TypeError} If an option is not fit, or the runtime is watched already.
 * @throws {Error} If the port cannot be had.
 */
export async function createInspector(
  runtime: Runtime,
  options: InspectorOptions = {},
): Promise<Inspector> {
  const { secret = randomText(), ...others } = options;
  checkOptions(others, RULES, "create inspector");
  checkSecret(secret);
  specimen ??= createSpecimen();
  const { port = 0, allowActions = false, statelyUrl = "https://stately.ai/inspect" } = options;
  const { maxOperations = 20_000, layoutEngine, clock = systemClock } = options;
  const host = hostOf(runtime);
  const hub = new Hub({ clock: host.clock, maxOperations, layoutEngine });
  const watcher = new RuntimeWatcher(hub);
  const unobserve = observe(host, watcher);
  const stop = (): void => {
    unobserve();
    watcher.close();
  };
  for (const handle of runtime.list()) keepKnown(handle, hub);
  const ending = new AbortController();
  const inspect = createXStateObserver(hub, host.report);
  const gate = new Gate(secret);
  const handle = createHandler({
    runtime,
    hub,
    gate,
    clock,
    epoch: randomText().slice(0, 12),
    allowsActions: allowActions,
    statelyUrl,
    signal: ending.signal,
  });
  const server = await serveLoopback(handle, { port }).catch((error) => {
    stop();
    throw error;
  });
  gate.open(server.port);

  async function close(): Promise<void> {
    stop();
    ending.abort();
    await server.close();
  }

  return {
    origin: server.url,
    viewerUrl: `${server.url}/viewer`,
    createLink: () => `${server.url}/?token=${gate.issueToken()}`,
    inspect,
    statelyEvents: (id) => {
      const record = hub.records.get(id);
      return record ? toStatelyEvents(record, hub.machines.get(record.machine)!, 0) : [];
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

let specimen: Specimen | undefined;

const RULES: OptionRules = {
  port: {
    isValid: (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < 65_536,
    expected: "a TCP port",
    isNumber: true,
  },
  allowActions: { isValid: (value) => typeof value === "boolean", expected: "true or false" },
  statelyUrl: {
    isValid: (value) => typeof value === "string" && /^https?:\/\//.test(value),
    expected: "an http URL",
  },
  maxOperations: POSITIVE_INTEGER,
  layoutEngine: having("layout"),
  clock: having("now", "setTimeout", "clearTimeout"),
};

/** On its own, because an error must not show what was given. */
function checkSecret(secret: unknown): void {
  if (typeof secret === "string" && /^[\w-]{32,}$/.test(secret)) return;
  throw new TypeError(
    "Cannot create inspector: secret must be at least 32 letters, digits, _ or -",
  );
}

/** An operation that began before anybody watched: its row is known, its past is not. */
function keepKnown({ snapshot }: OperationHandle, hub: Hub): void {
  const { id, kind, value, startedAt } = snapshot;
  const record = new OperationRecord({
    id,
    machine: hub.machines.nameOf(configOf(findKind(kind).machine)),
    isOperation: true,
    value: pathOf(value),
    startedAt,
  });
  record.followSnapshot(snapshot);
  hub.keep(record);
}
