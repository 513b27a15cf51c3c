/**
 * Plain lines, for logs: one for each step forward and each attempt that came to
 * nothing, none for a poll that brings nothing new.
 *
 * @module
 */
import type { OperationSnapshot } from "../../model/outcome.ts";
import type { OperationHandle } from "../../model/handle.ts";
import { cleanLine } from "../../model/clean_text.ts";
import { formatDuration } from "../text/duration.ts";
import type { CliIo } from "../io.ts";
import type { Display, OperationName } from "./display.ts";
import { phaseText } from "./state_text.ts";
import { reasonText, troubleText } from "./trouble_text.ts";

/** Creates the display; names are filled up to these widths. */
export function createLineDisplay(
  io: Pick<CliIo, "stderr" | "clock">,
  widths: { readonly provider: number; readonly label: number },
): Display {
  const { stderr, clock } = io;
  return {
    follow({ provider = "", label }: OperationName, handle: OperationHandle) {
      const names = [provider.padEnd(widths.provider), label.padEnd(widths.label)];
      const name = cleanLine(names.filter(Boolean).join("  "));
      let last = "";
      const show = (snapshot: OperationSnapshot): void => {
        const news = newsOf(snapshot);
        if (news === last) return;
        last = news;
        const elapsedMs = snapshot.outcome?.elapsedMs ??
          clock.now() - snapshot.startedAt;
        stderr.write(`${formatDuration(elapsedMs).padStart(9)}  ${name}  ${news}\n`);
      };
      show(handle.snapshot);
      handle.subscribe(show);
    },
    print: (text) => void stderr.write(text),
    close: () => {},
  };
}

function newsOf(snapshot: OperationSnapshot): string {
  const { status, value, progress, outcome, polls, requests } = snapshot;
  if (status === "stopped") return "stopped";
  const counts = `(${count(polls, "poll")}, ${count(requests, "request")})`;
  if (outcome) return [`${outcome.kind} ${counts}`, reasonText(outcome)].filter(Boolean).join("  ");
  const { percent, text } = progress ?? {};
  const trouble = troubleText(snapshot);
  return [
    phaseText(value),
    ...(percent === undefined ? [] : [`${Math.floor(percent)} %`]),
    ...(text === undefined ? [] : [cleanLine(text)]),
    ...(trouble === undefined ? [] : [trouble]),
  ].join("  ");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
