/**
 * The stream of changes to one page, as server-sent events. Changes are gathered
 * for a moment, and no faster than the page reads.
 *
 * @module
 */
import type { Clock } from "../../services.ts";
import type { Hub } from "../record/hub.ts";
import type { WireChanges, WireHello } from "../wire/wire.ts";

/** Gathering time after a few changes, in milliseconds; many take longer, so that a page can keep up. */
const GATHER_MS = 100;
const MAX_GATHER_MS = 1_000;
/** Rows that are gathered for a tenth of a second. */
const FEW_ROWS = 200;
/** Silence after which a sign of life is sent, in milliseconds. */
const SILENCE_MS = 15_000;

/** Options for {@linkcode createEventStream}. */
export interface EventStreamOptions {
  /** What is told. */
  readonly hub: Hub;
  /** Time for gathering; not the runtime's, which may stand still in a test. */
  readonly clock: Clock;
  /** Tells this server from the one before. */
  readonly epoch: string;
  /** Whether commands are accepted. */
  readonly allowsActions: boolean;
  /** The viewer that operations can be sent to. */
  readonly statelyUrl: string;
  /** The id of the last event that the page has seen, if it has seen any. */
  readonly lastEventId: string | undefined;
  /** Ends the stream. */
  readonly signal: AbortSignal;
}

/** Streams what there is, and then what changes. */
export function createEventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { hub, clock, epoch, allowsActions, statelyUrl, lastEventId, signal } = options;
  const encoder = new TextEncoder();
  const ending = new AbortController();
  const end = (): void => ending.abort();
  signal.addEventListener("abort", end, { once: true });
  let told = changeOf(lastEventId, epoch);
  let pauseMs = 0;

  const frame = (event: string, data: WireHello | WireChanges): Uint8Array =>
    encoder.encode(
      `event: ${event}\nid: ${epoch}.${hub.change}\ndata: ${JSON.stringify(data)}\n\n`,
    );

  return new ReadableStream<Uint8Array>({
    /** Called when the page has read what there was. */
    async pull(controller) {
      if (pauseMs > 0) await sleep(pauseMs, clock, ending.signal);
      if (told === hub.change) await nextChange(hub, clock, ending.signal);
      if (ending.signal.aborted) return controller.close();
      const changes = told === undefined ? undefined : hub.changesSince(told);
      if (told === hub.change) {
        controller.enqueue(encoder.encode(": still here\n\n"));
        return;
      }
      const now = hub.clock.now();
      const rows = changes ? changes.rows ?? [] : hub.rows();
      controller.enqueue(
        changes ? frame("changes", { now, ...changes }) : frame("hello", {
          epoch,
          now,
          allowsActions,
          statelyUrl,
          machines: hub.machines.since(-1),
          rows,
        }),
      );
      told = hub.change;
      pauseMs = Math.min(MAX_GATHER_MS, GATHER_MS * Math.max(1, rows.length / FEW_ROWS));
    },
    cancel() {
      signal.removeEventListener("abort", end);
      end();
    },
  }, { highWaterMark: 1 });
}

/** The change that an event id stands for, if it is one of this server's. */
function changeOf(id: string | undefined, epoch: string): number | undefined {
  const [, ownEpoch, change] = /^(\w+)\.(\d{1,15})$/.exec(id ?? "") ?? [];
  return ownEpoch === epoch ? Number(change) : undefined;
}

/** Waits for a change, or for long enough that a sign of life is due. */
async function nextChange(hub: Hub, clock: Clock, signal: AbortSignal): Promise<void> {
  const change = new AbortController();
  const forget = hub.onChange(() => change.abort());
  await sleep(SILENCE_MS, clock, signal, change.signal);
  forget();
  // A little later, so that what comes of one thing is told at once.
  if (change.signal.aborted) await sleep(20, clock, signal);
}

function sleep(timeMs: number, clock: Clock, ...signals: AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clock.clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.setTimeout(done, timeMs);
    for (const signal of signals) {
      if (signal.aborted) return done();
      signal.addEventListener("abort", done, { once: true });
    }
  });
}
