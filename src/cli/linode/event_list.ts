/**
 * What is new in a list of events that is looked at again and again.
 *
 * @module
 */
import type { LinodeEvent } from "../../providers/linode/events.ts";

/** So many events are remembered; older ones are on no page that is looked at. */
const REMEMBERED = 5_000;

/** The events that were seen, each as it was last. */
export class EventList {
  readonly #last: number;
  readonly #events = new Map<number, LinodeEvent>();
  #hasLooked = false;

  /**
   * None yet.
   *
   * @param last How many of the events of the first look count as new.
   */
  constructor(last: number) {
    this.#last = last;
  }

  /** Those that have not ended, by ascending id. */
  get running(): LinodeEvent[] {
    return [...this.#events.values()].filter(isRunning).sort((a, b) => a.id - b.id);
  }

  /**
   * Takes a page, the newest first.
   *
   * @returns Those that are new or whose status is, by ascending id.
   */
  take(page: readonly LinodeEvent[]): LinodeEvent[] {
    const isFirst = !this.#hasLooked;
    this.#hasLooked = true;
    const news = page.filter((event, index) => {
      const before = this.#events.get(event.id);
      this.#events.set(event.id, event);
      return isFirst ? index < this.#last : before?.status !== event.status;
    });
    this.#forget();
    return news.reverse();
  }

  #forget(): void {
    const surplus = this.#events.size - REMEMBERED;
    if (surplus <= 0) return;
    for (const id of [...this.#events.keys()].sort((a, b) => a - b).slice(0, surplus)) {
      this.#events.delete(id);
    }
  }
}

/** Whether an event goes on. */
export function isRunning({ status }: LinodeEvent): boolean {
  return status === "scheduled" || status === "started";
}
