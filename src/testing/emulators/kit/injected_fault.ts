/**
 * Faults that a provider's emulator commits on purpose.
 *
 * @module
 */
import type { JsonValue } from "../../../model/message.ts";
import type { Clock } from "../../../services.ts";
import { ConnectionDropped } from "../../../loopback/connection.ts";
import { pause } from "../../clock/pause.ts";

/**
 * One thing that goes wrong, or several at once, with the requests that it names.
 *
 * @typeParam Kind The kinds of requests that the emulator knows.
 */
export interface InjectedFault<Kind extends string = string> {
  /**
   * Which kind of request.
   *
   * @default {undefined} Any.
   */
  readonly on?: Kind | undefined;
  /**
   * Which of these requests, from 1; refused and failed ones count.
   *
   * @default {undefined} Every one.
   */
  readonly nth?: number | undefined;
  /** How long the request waits before the server looks at it, in milliseconds on the emulator's clock. */
  readonly delayMs?: number | undefined;
  /** Closes the connection without an answer, before or after the server did what was asked. */
  readonly drop?: "before" | "after" | undefined;
  /** Answers this HTTP status, and does nothing of what was asked. */
  readonly status?: number | undefined;
  /** Headers to add to the answer. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Instead of the answer's body; a string is sent as it is. */
  readonly body?: JsonValue | undefined;
}

/** HTTP statuses that never have a body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** The place of a request among the others, from 1. */
export interface RequestOrdinals {
  /** Among the requests of its kind. */
  readonly ofKind: number;
  /** Among all requests. */
  readonly ofAll: number;
}

/** The first fault that is meant for a request. */
export function findFault<Kind extends string>(
  faults: readonly InjectedFault<Kind>[] | undefined,
  kind: string,
  ordinals: RequestOrdinals,
): InjectedFault<Kind> | undefined {
  return faults?.find(({ on, nth }) =>
    (on === undefined || on === kind) &&
    (nth === undefined ||
      nth === (on === undefined ? ordinals.ofAll : ordinals.ofKind))
  );
}

/**
 * Answers a request, with a fault if there is one.
 *
 * @param fault What goes wrong, if anything.
 * @param produce Does what was asked. It is not called for a request that was
 * given up, or that the fault keeps away from it.
 * @param options The request, and the clock for the delay.
 * @throws {ConnectionDropped} Where the fault asks for it.
 */
export async function answerWithFault(
  fault: InjectedFault | undefined,
  produce: () => Response | Promise<Response>,
  options: { readonly request: Request; readonly clock: Clock },
): Promise<Response> {
  const { request, clock } = options;
  if (fault === undefined) return await produce();
  const { delayMs, drop, status, headers = {}, body } = fault;
  if (delayMs !== undefined) await pause(clock, delayMs, request);
  if (drop === "before") throw new ConnectionDropped();
  const answer = status === undefined ? await produce() : plainAnswer(status);
  if (drop === "after") throw new ConnectionDropped();
  const changed = body === undefined ? answer : new Response(
    typeof body === "string" ? body : JSON.stringify(body),
    { status: answer.status, headers: answer.headers },
  );
  for (const [name, value] of Object.entries(headers)) {
    changed.headers.set(name, value);
  }
  return changed;
}

function plainAnswer(status: number): Response {
  return BODILESS.has(status)
    ? new Response(null, { status })
    : Response.json({ message: "Injected fault." }, { status });
}
