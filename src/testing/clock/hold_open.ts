/**
 * A request that the server keeps until something happens.
 *
 * @module
 */
import type { Clock } from "../../services.ts";
import { isVirtualClock } from "./virtual_clock.ts";

/** Called when something may have happened. */
export type Wakers = Set<() => void>;

/**
 * Waits until a certain time, or until it is woken.
 *
 * @throws The reason of the request's signal, once it is aborted.
 */
export async function holdOpen(
  request: Request,
  options: { readonly clock: Clock; readonly wakers: Wakers; readonly untilMs: number },
): Promise<void> {
  const { clock, wakers, untilMs } = options;
  const { signal } = request;
  signal.throwIfAborted();
  const waiting = new Promise<void>((resolve, reject) => {
    const end = (): void => {
      clock.clearTimeout(timer);
      wakers.delete(wake);
      signal.removeEventListener("abort", abort);
    };
    const wake = (): void => {
      end();
      resolve();
    };
    const abort = (): void => {
      end();
      reject(signal.reason);
    };
    const timer = untilMs < Infinity && clock.setTimeout(wake, untilMs - clock.now());
    wakers.add(wake);
    signal.addEventListener("abort", abort, { once: true });
  });
  await (isVirtualClock(clock) ? clock.letTimePass(request, waiting) : waiting);
}
