/**
 * The time as the server has it: a signature that is minutes off is refused, and
 * the refusal tells what time it is.
 *
 * | a 401 with | then |
 * | --- | --- |
 * | a `date` more than a minute off | signed with the server's time from now on |
 * | no `date`, and a message that names the time, as Oracle Cloud's on clock skew does | the same |
 * | anything else | the time is not the reason |
 *
 * Source: "Request Signatures" in Oracle's documentation: the date must be
 * within five minutes of the server's.
 *
 * @module
 */

/** The time as the server has it. */
export interface ServerTime {
  /** The time, in milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Learns from a 401.
   *
   * @returns Whether it is another time than was thought.
   */
  readonly learn: (response: Response) => boolean | Promise<boolean>;
}

/** So far off is more than a slow network, in milliseconds. */
const FAR_MS = 60_000;

/** A refusal is short; in characters. */
const MAX_TEXT = 10_000;

/** `Date 'Mon, 01 Jan ...' is not within allowed clock skew. Current 'Mon, 01 Jan ...', ...`. */
const CURRENT = /clock skew.*?\bcurrent\b[^']{0,40}'([^']{10,40})'/is;

/**
 * Creates one.
 *
 * @param now The machine's own time, in milliseconds since the epoch.
 */
export function createServerTime(now: () => number): ServerTime {
  let aheadMs = 0;

  function adjust(date: string): boolean {
    const offMs = Date.parse(date) - (now() + aheadMs);
    if (!(Math.abs(offMs) > FAR_MS)) return false; // not NaN either
    aheadMs += offMs;
    return true;
  }

  async function readText(response: Response): Promise<boolean> {
    const length = Number(response.headers.get("content-length") ?? MAX_TEXT);
    if (response.bodyUsed || length > MAX_TEXT) return false;
    const text = await response.clone().text().catch(() => "");
    const [, date] = CURRENT.exec(text.slice(0, MAX_TEXT)) ?? [];
    return date !== undefined && adjust(date);
  }

  return {
    now: () => now() + aheadMs,
    learn: (response) => {
      const date = response.headers.get("date");
      return date === null ? readText(response) : adjust(date);
    },
  };
}
