/**
 * A service in memory whose operations are `Running` for a while and then
 * `Succeeded`. Its replies cost as little as can be, so that what is measured is
 * the engine and not the service.
 *
 * @module
 */

/** The value of every operation that has succeeded. */
export const VALUE = 42;

/** What the service answers. */
export interface OperationStatus {
  /** How it is. */
  readonly status: "Running" | "Succeeded";
  /** The value, in the end. */
  readonly value?: number;
}

/** A service and what it was asked. */
export interface StatusService {
  /** Answers requests for the status of an operation. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Makes sure that every operation was asked for as often as it takes.
   *
   * @throws {Error} If one was not.
   */
  check(): void;
}

/** Where the service is. */
export const BASE_URL = "http://service.test";

const PREFIX = `${BASE_URL}/operations/`;

/** The URLs of the status of a number of operations. */
export function statusUrls(operations: number): string[] {
  return Array.from({ length: operations }, (_, index) => `${PREFIX}${index}`);
}

/** A service with operations of `polls` polls each. */
export function createStatusService(operations: number, polls: number): StatusService {
  const counts = new Uint32Array(operations);
  const answer = (url: string): Response => {
    const index = Number(url.slice(PREFIX.length));
    return ++counts[index]! >= polls ? SUCCEEDED : RUNNING;
  };
  return {
    fetch: (url) => Promise.resolve(answer(url as string)),
    check: () => {
      const wrong = counts.findIndex((count) => count !== polls);
      if (wrong < 0) return;
      throw new Error(
        `Cannot compare: operation ${wrong} was polled ${counts[wrong]} times, not ${polls}`,
      );
    },
  };
}

/** A body of each kind, kept as the replies are. */
const parsed: unknown[] = [];

/** A `Response` can be read once, and costs more than all else; this one is shared. */
function reply(body: OperationStatus): Response {
  const text = JSON.stringify(body);
  parsed.push(JSON.parse(text));
  return {
    status: 200,
    ok: true,
    headers: new Headers({
      "content-type": "application/json",
      "content-length": String(text.length),
    }),
    body: {},
    text: () => Promise.resolve(text),
    json: () => Promise.resolve(JSON.parse(text)),
  } as Response;
}

// Made once: when no `Headers` and no body is left V8 forgets how to read them, for everybody
// who did, which never happens where there is HTTP.
const RUNNING = reply({ status: "Running" });
const SUCCEEDED = reply({ status: "Succeeded", value: VALUE });
