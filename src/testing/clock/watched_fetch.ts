/**
 * Which requests are really in flight, so that virtual time can wait for them.
 *
 * @module
 */
import type { RefreshableFetch } from "../../model/fetch.ts";
import { relayBody } from "../fetch/response_body.ts";

/** Names a watched request to a server that may share its clock. */
const HEADER = "x-virtual-clock-request";

/** The requests that hold up one clock. */
export interface Flights {
  /** Grows whenever a watched request begins, ends or goes on. */
  readonly activity: number;
  /** Whether time has to wait. */
  readonly blocking: boolean;
  /** Is kept at the next activity. */
  nextActivity(): Promise<void>;
  /** See `VirtualClock.watch`. */
  watch(fetch: typeof globalThis.fetch): typeof globalThis.fetch;
  /** See `VirtualClock.letTimePass`. */
  letTimePass<T>(request: Request, until: Promise<T>): Promise<T>;
}

interface Flight {
  /** Whether somebody waits for the network: for the head, or for a piece of the body. */
  awaited: boolean;
  /** How many waits of its server's let time pass. */
  passes: number;
}

let clocks = 0;

/** Creates the bookkeeping of one clock. */
export function createFlights(): Flights {
  const clockId = ++clocks;
  const flights = new Map<string, Flight>();
  let requests = 0;
  let activity = 0;
  let blockers = 0;
  const listeners: (() => void)[] = [];

  function change(flight: Flight, next: Partial<Flight>): void {
    const before = isBlocking(flight);
    Object.assign(flight, next);
    blockers += Number(isBlocking(flight)) - Number(before);
    activity++;
    for (const listener of listeners.splice(0)) listener();
  }

  async function during<T>(flight: Flight, waiting: Promise<T>): Promise<T> {
    change(flight, { awaited: true });
    try {
      return await waiting;
    } finally {
      change(flight, { awaited: false });
    }
  }

  return {
    get activity() {
      return activity;
    },
    get blocking() {
      return blockers > 0;
    },
    nextActivity: () => new Promise((resolve) => listeners.push(resolve)),

    watch(fetch) {
      const watched: typeof fetch = async (input, init) => {
        const id = `${clockId}-${++requests}`;
        const flight: Flight = { awaited: false, passes: 0 };
        flights.set(id, flight);
        const ended = () => flights.delete(id);
        const headers = new Headers(
          init?.headers ?? (input instanceof Request ? input.headers : undefined),
        );
        headers.set(HEADER, id);
        try {
          const response = await during(
            flight,
            fetch(input, { ...init, headers }),
          );
          return relayBody(response, {
            during: (reading) => during(flight, reading),
            ended,
          });
        } catch (error) {
          ended();
          throw error;
        }
      };
      // Credentials can be renewed as before.
      const { refresh } = fetch as RefreshableFetch;
      return refresh ? Object.assign(watched, { refresh }) : watched;
    },

    async letTimePass(request, until) {
      const flight = flights.get(request.headers.get(HEADER) ?? "");
      if (flight === undefined) return await until;
      change(flight, { passes: flight.passes + 1 });
      try {
        return await until;
      } finally {
        change(flight, { passes: flight.passes - 1 });
      }
    },
  };
}

function isBlocking(flight: Flight): boolean {
  return flight.awaited && flight.passes === 0;
}
