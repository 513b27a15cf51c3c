/**
 * Waiting on a clock for the sake of a request.
 *
 * @module
 */
import type { Clock } from "../../services.ts";
import { isVirtualClock } from "./virtual_clock.ts";

/**
 * Waits, unless the request is given up.
 *
 * @param clock Waits on this clock; a virtual one can move meanwhile.
 * @param ms How long, in milliseconds.
 * @throws The reason of the request's signal, once it is aborted.
 */
export async function pause(
  clock: Clock,
  ms: number,
  request: Request,
): Promise<void> {
  const { signal } = request;
  signal.throwIfAborted();
  const waiting = new Promise<void>((resolve, reject) => {
    const stop = () => {
      clock.clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = clock.setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
  await (isVirtualClock(clock) ? clock.letTimePass(request, waiting) : waiting);
}
