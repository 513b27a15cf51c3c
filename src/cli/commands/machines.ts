/**
 * `lro machines`: the statecharts, listed or drawn.
 *
 * @module
 */
import { type Command, Option } from "commander";
import { layoutOf } from "../../drawing/layouts.ts";
import { drawMermaid } from "../../drawing/mermaid.ts";
import { drawSvg } from "../../drawing/svg.ts";
import { listKinds, type OperationKind } from "../../model/kind.ts";
import { nearest } from "../text/nearest.ts";
import { layOut, widthOf } from "../text/table.ts";
import { UsageError } from "../usage_error.ts";
import { configOf } from "../../xstate/mod.ts";
import type { CommandContext } from "./context.ts";

type Format = "mermaid" | "svg" | "json";

/** Adds the command. */
export function addMachines(
  program: Command,
  { io, finish }: CommandContext,
): void {
  program.command("machines")
    .summary("list the kinds of operations, or draw one's statechart")
    .description(
      "Lists the kinds of operations, or draws the statechart of one.",
    )
    .argument("[name]", "a kind, e.g. as the list has it")
    .addOption(
      new Option(
        "--format <format>",
        "mermaid: a Mermaid state diagram; svg: a drawing; json: the machine's config",
      )
        .choices(["mermaid", "svg", "json"]),
    )
    .action((name: string | undefined, { format }: { format?: Format }) => {
      const kinds = name === undefined ? listKinds() : [findByName(name)];
      const isList = name === undefined && format === undefined;
      io.stdout.write(
        isList ? listText(kinds) : kindsText(kinds, format ?? "mermaid", !name),
      );
      finish(0);
    });
}

function findByName(name: string): OperationKind {
  const kinds = listKinds();
  const kind = kinds.find((each) => each.name === name);
  if (kind) return kind;
  const names = kinds.map((each) => each.name);
  const near = nearest(name, names);
  throw new UsageError(
    `unknown machine '${name}'\n${
      near === undefined ? `Known are ${names.join(", ")}` : `(Did you mean ${near}?)`
    }`,
  );
}

function listText(kinds: readonly OperationKind[]): string {
  const names = kinds.map(({ name }) => name);
  const columns = [{ title: "", width: widthOf(names, 0, 60) }, {
    title: "",
    width: 200,
  }];
  return kinds.map(({ name, machine }) =>
    `${layOut(columns, [name, configOf(machine).description ?? ""])}\n`
  ).join("");
}

function kindsText(
  kinds: readonly OperationKind[],
  format: Format,
  isAll: boolean,
): string {
  if (format === "mermaid") {
    return kinds.map(({ machine }) => drawMermaid(machine)).join("\n");
  }
  if (format === "svg") {
    return kinds.map(({ machine }) => drawSvg(layoutOf(configOf(machine)))).join("\n");
  }
  const configs = kinds.map(({ machine }) => configOf(machine));
  return `${JSON.stringify(isAll ? configs : configs[0], null, 2)}\n`;
}
