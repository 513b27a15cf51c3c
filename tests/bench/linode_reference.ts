/**
 * How linode_api4 (its `EventPoller`, with `polling`) waits for an event: with a
 * request of its own each time, and twice in a row at the beginning of a phase.
 *
 * @module
 */
import type { Clock } from "../../mod.ts";

const API = "https://api.linode.com/v4/account/events";
const INTERVAL_MS = 5_000;

/** What it needs. */
export interface ReferenceWait {
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly entityId: number;
  readonly action: string;
}

interface Event {
  readonly id: number;
  readonly status: string;
}

/** Waits for the next event and its end. */
export async function waitAsReference(options: ReferenceWait): Promise<Event> {
  const { clock, fetch, entityId, action } = options;
  const filter = JSON.stringify({
    "+order": "asc",
    "+order_by": "created",
    "entity.id": entityId,
    "entity.type": "linode",
    action,
  });
  const list = async (): Promise<Event[]> => {
    const response = await fetch(API, { headers: { "X-Filter": filter } });
    return JSON.parse(await response.text()).data;
  };
  const poll = async (check: () => Promise<boolean>): Promise<void> => {
    if (await check()) return;
    while (!await check()) {
      await new Promise<void>((resolve) => clock.setTimeout(() => resolve(), INTERVAL_MS));
    }
  };

  const seen = new Set((await list()).map(({ id }) => id));
  let event: Event | undefined;
  await poll(async () => {
    event = (await list()).find(({ id }) => !seen.has(id));
    return event !== undefined;
  });
  await poll(async () => {
    event = JSON.parse(await (await fetch(`${API}/${event!.id}`)).text()) as Event;
    return ["finished", "notification", "failed"].includes(event.status);
  });
  return event!;
}
