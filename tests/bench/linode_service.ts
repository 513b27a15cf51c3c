/**
 * The Linode emulator's own events, filters and pages behind the cheapest replies
 * there can be. The time spent in here is counted, so that it can be left out.
 *
 * @module
 */
import { type LinodeEventInit, LinodeEvents } from "../../src/testing/linode_events.ts";
import { readFilter } from "../../src/testing/linode_filter.ts";
import { pageOf, readPageQuery } from "../../src/testing/linode_page.ts";
import type { Clock } from "../../mod.ts";

const FIELDS = ["id", "action", "created", "entity.id", "entity.type"];

/** A service and what it cost. */
export interface LinodeService {
  /** Answers requests for events. */
  readonly fetch: typeof globalThis.fetch;
  /** Requests so far. */
  readonly requests: number;
  /** Time spent in here so far, in microseconds. */
  readonly micros: number;
  /** Adds an event. Returns its id. */
  add(event: LinodeEventInit): number;
}

/** A service without events. */
export function createLinodeService(clock: Clock): LinodeService {
  const events = new LinodeEvents(1);
  let requests = 0;
  let millis = 0;

  function answer(url: string, filter: string | null): Response {
    const { pathname, searchParams } = new URL(url);
    if (pathname.endsWith("/events")) {
      const page = readPageQuery(searchParams);
      if ("reason" in page) throw new Error(page.reason);
      return reply(pageOf(events.list(readFilter(filter, FIELDS), clock.now()), page));
    }
    return reply(events.find(Number(pathname.split("/").pop()), clock.now())!);
  }

  return {
    fetch: (url, init) => {
      const begin = performance.now();
      requests++;
      const { "X-Filter": filter = null } = (init?.headers ?? {}) as Record<string, string>;
      const response = answer(url as string, filter);
      millis += performance.now() - begin;
      return Promise.resolve(response);
    },
    get requests() {
      return requests;
    },
    get micros() {
      return millis * 1_000;
    },
    add: (event) => events.add(event, clock.now()),
  };
}

const headers = new Headers({ "content-type": "application/json", "content-length": "1" });

/** A real `Response` costs more than all else. */
function reply(body: object): Response {
  const text = JSON.stringify(body);
  return { status: 200, headers, body: {}, text: () => Promise.resolve(text) } as Response;
}
