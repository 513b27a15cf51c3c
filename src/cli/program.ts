/**
 * The command line, as commander sees it.
 *
 * @module
 */
import { Command } from "commander";
import { addActions } from "./commands/actions.ts";
import { addDemo } from "./commands/demo.ts";
import { addInspect } from "./commands/inspect.ts";
import { addLinodeEvents } from "./commands/linode_events.ts";
import { addMachines } from "./commands/machines.ts";
import { addPlan } from "./commands/plan.ts";
import { addResume } from "./commands/resume.ts";
import { addWait } from "./commands/wait.ts";
import type { CommandContext } from "./commands/context.ts";
import { EXIT_CODES_HELP } from "./exit_code.ts";

/** Builds it; nothing runs before arguments are parsed. */
export function createProgram(context: CommandContext): Command {
  const { stdout, stderr } = context.io;
  const program = new Command("lro")
    .description("Waits for long-running operations of cloud APIs.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns || 80,
      getErrHelpWidth: () => stderr.columns || 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", EXIT_CODES_HELP);
  addWait(program, context);
  addResume(program, context);
  addActions(program, context);
  addPlan(program, context);
  addInspect(program, context);
  addMachines(program, context);
  addDemo(program, context);
  addLinodeEvents(program, context);
  return program;
}
