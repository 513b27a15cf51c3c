/**
 * Waiting for credentials, for as long as that makes sense.
 *
 * @module
 */
import type { Clock } from "../services.ts";

/** How long something is waited for. */
export interface Waiting {
  /** Aborted when nobody waits any more. */
  readonly signal?: AbortSignal | null | undefined;
  /** Time. */
  readonly clock: Clock;
  /** Told that the answer does not come: whoever needs it next has to ask anew. */
  readonly forget: () => void;
}

/** Whoever gives out credentials has so long, in milliseconds: half of what a request has. */
const LONGEST_MS = 30_000;

const TIMEOUT = "TimeoutError";

/**
 * Waits for an answer, for 30 s at most.
 *
 * @throws {DOMException} `TimeoutError` if it does not come.
 */
export function waitFor<R>(
  pending: Promise<R>,
  { signal, clock, forget }: Waiting,
): Promise<R> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      giveUp(new DOMException(`no answer within ${LONGEST_MS / 1_000} s`, TIMEOUT));
    }, LONGEST_MS);
    const onAbort = () => giveUp(signal!.reason);
    signal?.addEventListener("abort", onAbort);
    pending.then(resolve, reject).finally(stop);
    if (signal?.aborted) onAbort();

    function stop(): void {
      clock.clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
    function giveUp(reason: unknown): void {
      stop();
      if (reason instanceof DOMException && reason.name === TIMEOUT) forget();
      reject(reason);
    }
  });
}
