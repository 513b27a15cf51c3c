/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * What stands round the list: connection, counts, order, and what can be done
 * with everything that was found.
 *
 * @module
 */
import type { WireCommand } from "../wire/wire.ts";
import { byId, h, setText } from "./dom.ts";
import type { Connection, Model } from "./model.ts";
import { countText } from "./text.ts";

const CONNECTION_TEXT: Readonly<Record<Connection, string>> = {
  connecting: "Connecting",
  live: "Live",
  lost: "Reconnecting",
  refused: "Open the newly printed link",
};

/** States in the order of display, with how they are coloured. */
const STATES: readonly (readonly [query: string, name: string, tone: string])[] = [
  ["state:failed", "Failed", "bad"],
  ["is:stuck", "Stuck", "warn"],
  ["state:timedout", "Timed out", "warn"],
  ["state:expired", "Expired", "warn"],
  ["is:active", "Active", ""],
  ["state:succeeded", "Succeeded", "good"],
  ["state:canceled", "Canceled", ""],
  ["state:stopped", "Stopped", ""],
];

/** What the header needs of the page. */
export interface HeaderActions {
  /** Looks for something. */
  search(query: string): void;
  /** Sends a command to everything that was found and has not ended. */
  bulk(type: WireCommand): void;
}

/** Shows connection, counts and bulk actions. */
export class HeaderView {
  readonly #actions: HeaderActions;
  readonly #chips = new Map<string, HTMLButtonElement>();

  /** Tells `actions` what was pressed. */
  constructor(actions: HeaderActions) {
    this.#actions = actions;
  }

  /** Shows the model; `found` of its rows are in the list, `active` of them under way. */
  show(model: Model, found: number, active: number): void {
    const connection = byId("connection");
    connection.className = `connection ${model.connection}`;
    setText(connection, CONNECTION_TEXT[model.connection]);
    this.#showChips(model);
    const all = model.rows.size;
    setText(
      byId("found"),
      found === all
        ? countText(all, "operation")
        : `${found.toLocaleString("en")} of ${countText(all, "operation")}`,
    );
    this.#showBulk(model, active);
  }

  #showChips(model: Model): void {
    const counts = model.counts();
    const count = (key: string): number => {
      const [field, word] = key.split(":");
      for (const [each, value] of counts) {
        if (each.toLowerCase() === `${field}:${word}`) return value;
      }
      return 0;
    };
    const providers = [...counts.keys()].filter((key) => key.startsWith("provider:")).sort();
    const wanted: (readonly [string, string, string, number])[] = [
      ["", "All", "", model.rows.size],
      ...STATES.map(([query, name, tone]) => [query, name, tone, count(query)] as const)
        .filter(([query, , , number]) => number > 0 || model.query === query),
      ...(providers.length > 1
        ? providers.map((key) =>
          [key.toLowerCase(), key.slice("provider:".length), "", counts.get(key)!] as const
        )
        : []),
    ];
    const elements = wanted.map(([query, name, tone, number]) => {
      const chip = this.#chip(query);
      chip.className = `chip ${number > 0 ? tone : ""}`;
      chip.setAttribute("aria-pressed", String(model.query.trim().toLowerCase() === query));
      setText(chip.firstElementChild!, number.toLocaleString("en"));
      setText(chip.lastElementChild!, name);
      return chip;
    });
    const box = byId("chips");
    const isSame = box.childElementCount === elements.length &&
      elements.every((element, index) => box.children[index] === element);
    if (!isSame) box.replaceChildren(...elements);
  }

  #chip(query: string): HTMLButtonElement {
    let chip = this.#chips.get(query);
    if (!chip) {
      chip = h("button", {
        attributes: { type: "button", "data-query": query },
        on: { click: () => this.#actions.search(query) },
      }, [h("b"), h("span")]);
      this.#chips.set(query, chip);
    }
    return chip;
  }

  #showBulk(model: Model, active: number): void {
    const box = byId("bulk");
    box.hidden = !model.allowsActions || active === 0;
    if (box.hidden) return;
    if (box.childElementCount === 0) {
      const button = (type: WireCommand, tone: string): HTMLButtonElement =>
        h("button", {
          class: `button ${tone}`,
          attributes: { type: "button", "data-command": type },
          on: { click: () => this.#actions.bulk(type) },
        });
      box.append(button("pollNow", ""), button("cancel", "danger"));
    }
    setText(box.children[0]!, `Poll ${active.toLocaleString("en")} now`);
    setText(box.children[1]!, `Cancel ${active.toLocaleString("en")}`);
  }
}
