/**
 * `lro plan`: when an operation would be polled, without running one.
 *
 * @module
 */
import { type Command, Option } from "commander";
import { exponential, plan, type Schedule } from "../../model/schedule.ts";
import { formatDuration } from "../text/duration.ts";
import { deadlineOption, scheduleOption } from "../options.ts";
import { type Column, headings, layOut } from "../text/table.ts";
import { checkUsage } from "../usage_error.ts";
import type { CommandContext } from "./context.ts";

const COLUMNS: readonly Column[] = [
  { title: "poll", width: 7, align: "right" },
  { title: "at", width: 10, align: "right" },
  { title: "pause", width: 10, align: "right" },
];

/** Adds the command. */
export function addPlan(
  program: Command,
  { io, finish }: CommandContext,
): void {
  program.command("plan")
    .summary("show when an operation would be polled")
    .description("Shows when an operation that never ends would be polled.")
    .addOption(scheduleOption().default(exponential(), "exponential:1s,2,30s"))
    .addOption(
      deadlineOption("how long, e.g. 4m, 240s, or milliseconds")
        .makeOptionMandatory(),
    )
    .addOption(new Option("--json", "an array of milliseconds"))
    .action(
      (options: { schedule: Schedule; deadline: number; json?: boolean }) => {
        const { schedule, deadline: deadlineMs, json } = options;
        const times = checkUsage(() => plan(schedule, { deadlineMs }));
        io.stdout.write(
          json ? `${JSON.stringify(times)}\n` : planText(times, deadlineMs),
        );
        finish(0);
      },
    );
}

function planText(times: readonly number[], deadlineMs: number): string {
  const lines = times.map((time, index) =>
    layOut(COLUMNS, [
      String(index + 1),
      formatDuration(time),
      formatDuration(time - (times[index - 1] ?? 0)),
    ])
  );
  const polls = times.length === 1 ? "1 poll" : `${times.length} polls`;
  const summary = `${polls} before the deadline of ${formatDuration(deadlineMs)}`;
  return [headings(COLUMNS), ...lines, summary].map((line) => `${line}\n`).join(
    "",
  );
}
