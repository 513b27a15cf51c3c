/**
 * What callers may tell an operation.
 *
 * @module
 */
import type { CallerEvent } from "../../model/protocol.ts";
import type { Actor } from "../engine/actor.ts";

/**
 * Tells an operation of a caller's event.
 *
 * @throws {TypeError} If its kind knows no such event.
 */
export function sendEvent(actor: Actor, event: CallerEvent): void {
  const { name, events = [], protocol } = actor.kind;
  const type: unknown = event?.type;
  if (type === "cancel") return actor.receive({ type });
  if (type === "pollNow") {
    if (actor.nextPollAt > 0) actor.receive({ type: "due" });
    return;
  }
  if (typeof type !== "string" || !events.includes(type)) {
    throw new TypeError(
      `Cannot send ${JSON.stringify(type)} to ${name}: expected ${
        ["cancel", "pollNow", ...events].join(" or ")
      }`,
    );
  }
  actor.receive(protocol.hear?.({ ...event, type }, actor) ?? { type });
}
