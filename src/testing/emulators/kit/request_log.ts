/**
 * What a provider's emulator was asked, and what it answered.
 *
 * @module
 */
import type { Clock } from "../../../services.ts";
import { ConnectionDropped } from "../../../loopback/connection.ts";
import type { RequestOrdinals } from "./injected_fault.ts";
import { isVirtualClock } from "../../clock/virtual_clock.ts";

/**
 * One request to an emulator.
 *
 * @typeParam Kind The kinds of requests that the emulator knows.
 */
export interface LoggedRequest<Kind extends string = string> {
  /** When it arrived, in milliseconds since the clock's start. */
  readonly atMs: number;
  /** What it asked for; `"other"` where the emulator has nothing of the sort. */
  readonly kind: Kind | "other";
  /** HTTP method. */
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The HTTP status that was answered; none as long as there is no answer, or where there never was one. */
  readonly status?: number;
  /** Whether the connection was closed without an answer. */
  readonly dropped: boolean;
}

/** The requests of one emulator, in the order in which they arrived. */
export interface RequestLog<Entry extends LoggedRequest> {
  /** All of them. */
  readonly entries: readonly Entry[];
  /** How many there were of a kind. */
  count(kind: Entry["kind"]): number;
  /**
   * Writes a request down, has it answered, and writes the answer down.
   *
   * @param request What is known of it; this very object becomes the entry.
   */
  record(
    request: Omit<Entry, "atMs" | "status" | "dropped">,
    answer: (ordinals: RequestOrdinals) => Promise<Response>,
  ): Promise<Response>;
}

/** Creates an empty log. */
export function createRequestLog<Entry extends LoggedRequest>(
  clock: Clock,
): RequestLog<Entry> {
  const elapsedMs = stopwatch(clock);
  const entries: Entry[] = [];
  const counts = new Map<string, number>();

  return {
    entries,
    count: (kind) => counts.get(kind) ?? 0,
    async record(request, answer) {
      const entry: { status?: number; dropped: boolean } = Object.assign(
        request,
        { atMs: elapsedMs(), dropped: false },
      );
      const ofAll = entries.push(entry as Entry);
      const ofKind = (counts.get(request.kind) ?? 0) + 1;
      counts.set(request.kind, ofKind);
      try {
        const response = await answer({ ofKind, ofAll });
        entry.status = response.status;
        return response;
      } catch (error) {
        entry.dropped = error instanceof ConnectionDropped;
        throw error;
      }
    },
  };
}

/** Tells the milliseconds since the start of a virtual clock; of another clock, since now. */
export function stopwatch(clock: Clock): () => number {
  const startMs = isVirtualClock(clock) ? clock.startMs : clock.now();
  return () => clock.now() - startMs;
}
