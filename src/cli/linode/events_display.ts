/**
 * Where `lro linode events` shows events: on a terminal those that go on stay at
 * the bottom and move; elsewhere there is a line for each news.
 *
 * @module
 */
import { cleanJson } from "../../model/clean_text.ts";
import { createFrame } from "../display/frame.ts";
import type { CliIo } from "../io.ts";
import { createPaint } from "../text/paint.ts";
import { type EventList, isRunning } from "./event_list.ts";
import { eventText } from "./event_text.ts";
import type { LinodeEvent } from "../../providers/linode/events.ts";

/** Shows events. */
export interface EventsDisplay {
  /** There is news, or how far the running ones are is. */
  show(news: readonly LinodeEvent[]): void;
  /** No more will come. */
  close(): void;
}

/** Creates the display. */
export function createEventsDisplay(
  { stdout, env, clock }: Pick<CliIo, "stdout" | "env" | "clock">,
  list: EventList,
  { json = false }: { readonly json?: boolean | undefined } = {},
): EventsDisplay {
  const paint = createPaint(stdout, env);
  const close = (): void => {};
  if (json) return { show: (news) => print(news.map((event) => cleanJson(event))), close };
  if (!stdout.isTTY) return { show: (news) => print(news.map(lineOf)), close };

  const frame = createFrame(stdout, { clock, lines: runningLines });
  return {
    show(news) {
      const ended = news.filter((event) => !isRunning(event));
      if (ended.length > 0) frame.print(ended.map((event) => `${lineOf(event)}\n`).join(""));
      frame.open();
    },
    close() {
      if (!frame.isOpen) return;
      frame.close();
      print(runningLines());
    },
  };

  function print(lines: readonly string[]): void {
    if (lines.length > 0) stdout.write(lines.map((line) => `${line}\n`).join(""));
  }

  function lineOf(event: LinodeEvent): string {
    const width = stdout.isTTY ? stdout.columns || 80 : Infinity;
    return eventText(event, { paint, width });
  }

  /** The latest that fit; one line stays free for the cursor. */
  function runningLines(): string[] {
    return list.running.slice(-Math.max(1, (stdout.rows || 24) - 1)).map(lineOf);
  }
}
