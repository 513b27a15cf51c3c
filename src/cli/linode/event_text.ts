/**
 * An event as one line.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import { cleanLine } from "../../model/clean_text.ts";
import type { LinodeEvent } from "../../providers/linode/events.ts";
import type { Colour, Paint } from "../text/paint.ts";
import { cut } from "../text/table.ts";

/**
 * When (UTC), which, what and how far it is; then with what, by whom, and the message.
 *
 * @param options How to paint, and how many characters fit.
 */
export function eventText(
  event: LinodeEvent,
  { paint, width = Infinity }: { readonly paint: Paint; readonly width?: number },
): string {
  const { id, action, created, entity, username, message } = event;
  const status = statusText(event);
  const start = [
    clean(created).slice(5, 19).replace("T", " ").padEnd(14), // from month to second
    String(id).padStart(9),
    clean(action).padEnd(20),
    "",
  ].join("  ");
  const rest = [entityText(entity), username && `by ${clean(username)}`, clean(message)]
    .filter(Boolean).join("  ");
  const line = cut(`${start}${status.padEnd(13)}  ${rest}`.trimEnd(), width);
  const colour = COLOURS[event.status];
  if (!colour || line.length < start.length + status.length) return line;
  return start + paint(colour, status) + line.slice(start.length + status.length);
}

const COLOURS: Readonly<Record<string, Colour>> = {
  started: "bold",
  finished: "green",
  notification: "green",
  failed: "red",
};

function statusText({ status, percent_complete: percent }: LinodeEvent): string {
  const isMoving = status === "started" && typeof percent === "number";
  return isMoving ? `${status} ${Math.floor(percent)} %` : clean(status);
}

function entityText(entity: unknown): string {
  if (!isRecord(entity)) return "";
  const { type, id, label } = entity;
  const name = `${clean(type)} ${typeof id === "number" ? id : clean(id)}`.trim();
  return label ? `${name} (${clean(label)})` : name;
}

/** Texts of others, which are whatever the server sent. */
function clean(text: unknown): string {
  return typeof text === "string" ? cleanLine(text) : "";
}
