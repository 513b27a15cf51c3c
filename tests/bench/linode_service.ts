/**
 * The Linode emulator's own events, filters and pages behind the cheapest replies
 * there can be. What they cost can be measured by asking all of it again.
 *
 * @module
 */
import { type LinodeEventInit, LinodeEvents } from "../../src/testing/emulators/linode/events.ts";
import { readFilter } from "../../src/testing/emulators/linode/filter.ts";
import { pageOf, readPageQuery } from "../../src/testing/emulators/linode/page.ts";
import type { Clock } from "../../mod.ts";
import { cpuMicros } from "./measure.ts";

const FIELDS = ["id", "action", "created", "entity.id", "entity.type"];

/** A service and what it was asked. */
export interface LinodeService {
  /** Answers requests for events. */
  readonly fetch: typeof globalThis.fetch;
  /** Requests so far. */
  readonly requests: number;
  /** Adds an event. Returns its id. */
  add(event: LinodeEventInit): number;
  /** Answers everything once more, to nobody. Returns the CPU time of that, in microseconds. */
  replay(): number;
}

/** A service without events. */
export function createLinodeService(clock: Clock): LinodeService {
  const events = new LinodeEvents(1);
  const asked: [url: string, filter: string | null, nowMs: number][] = [];

  function answer(url: string, filter: string | null, nowMs: number): Promise<Response> {
    const { pathname, searchParams } = new URL(url);
    if (!pathname.endsWith("/events")) {
      return reply(events.find(Number(pathname.split("/").pop()), nowMs)!);
    }
    const page = readPageQuery(searchParams);
    if ("reason" in page) throw new Error(page.reason);
    return reply(pageOf(events.list(readFilter(filter, FIELDS), nowMs), page));
  }

  return {
    fetch: (url, init) => {
      const { "X-Filter": filter = null } = (init?.headers ?? {}) as Record<string, string>;
      const nowMs = clock.now();
      asked.push([url as string, filter, nowMs]);
      return answer(url as string, filter, nowMs);
    },
    get requests() {
      return asked.length;
    },
    add: (event) => events.add(event, clock.now()),
    replay: () => {
      const begin = cpuMicros();
      for (const [url, filter, nowMs] of asked) answer(url, filter, nowMs);
      return cpuMicros() - begin;
    },
  };
}

const headers = new Headers({ "content-type": "application/json", "content-length": "1" });

/** A real `Response` costs more than all else. */
function reply(body: object): Promise<Response> {
  const text = JSON.stringify(body);
  const response = { status: 200, headers, body: {}, text: () => Promise.resolve(text) };
  return Promise.resolve(response as Response);
}
