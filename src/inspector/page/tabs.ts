/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * A card of which one part is in sight.
 *
 * @module
 */
import { h, setText } from "./dom.ts";

/** One part. */
export interface Tab {
  /** For the program. */
  readonly name: string;
  /** For the reader. */
  readonly title: string;
  /** What it shows. */
  readonly element: HTMLElement;
}

/** The card. */
export class Tabs {
  /** Its place. */
  readonly element: HTMLElement;
  readonly #tabs: readonly Tab[];
  readonly #buttons: readonly HTMLButtonElement[];

  /** Shows the first of the tabs. */
  constructor(tabs: readonly Tab[]) {
    this.#tabs = tabs;
    this.#buttons = tabs.map(({ name, title }) =>
      h("button", {
        class: "tab",
        attributes: { type: "button", role: "tab", "data-tab": name },
        on: { click: () => this.select(name) },
      }, [title, h("span", { class: "count" })])
    );
    this.element = h("section", { class: "card" }, [
      h("div", { class: "tabs", attributes: { role: "tablist" } }, this.#buttons),
      ...tabs.map(({ element }) => element),
    ]);
    this.select(tabs[0]!.name);
  }

  /** Shows one of them. */
  select(name: string): void {
    this.#tabs.forEach((tab, index) => {
      tab.element.hidden = tab.name !== name;
      this.#buttons[index]!.setAttribute("aria-selected", String(tab.name === name));
    });
  }

  /** Writes a number beside a title. */
  count(name: string, count: number): void {
    const index = this.#tabs.findIndex((tab) => tab.name === name);
    setText(this.#buttons[index]!.lastElementChild!, String(count));
  }
}
