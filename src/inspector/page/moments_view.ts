/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The history as a list, and what the moment that is looked at has changed.
 *
 * @module
 */
import type { JsonValue } from "../../model/message.ts";
import type { WireEntry, WireSnapshot } from "../wire/wire.ts";
import { type Change, findChanges } from "./diff.ts";
import { h } from "./dom.ts";

/** Shows moments and changes. */
export class MomentsView {
  /** Its place. */
  readonly element: HTMLElement;
  readonly #list = h("div", { class: "moments" });
  readonly #changes = h("div", { class: "changes" });
  readonly #buttons = new Map<number, HTMLElement>();
  #shownKey = "";

  /** `onPick` hears of clicks, as an entry. */
  constructor(onPick: (entry: number) => void) {
    this.element = h("div", { class: "split" }, [this.#list, this.#changes]);
    this.#list.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>(".moment[data-entry]");
      if (button) onPick(Number(button.dataset["entry"]));
    });
  }

  /** Forgets the operation that was shown before. */
  clear(): void {
    this.#buttons.clear();
    this.#list.replaceChildren();
    this.#shownKey = "";
  }

  /** Shows entries; `moments` are those with a snapshot, `index` is the one that is looked at. */
  show(
    { entries, moments, index, isLive }: {
      readonly entries: readonly WireEntry[];
      readonly moments: readonly WireEntry[];
      readonly index: number;
      readonly isLive: boolean;
    },
  ): void {
    const start = entries[0]?.at ?? 0;
    const current = moments[index];
    const kept = new Set<number>();
    let before: string | undefined;
    for (const entry of entries) {
      if (entry.snapshot === undefined && entry.type !== "polled") continue;
      kept.add(entry.entry);
      let button = this.#buttons.get(entry.entry);
      if (!button) {
        button = toButton(entry, { start, before });
        this.#buttons.set(entry.entry, button);
        this.#list.append(button);
      }
      button.classList.toggle("selected", entry === current);
      before = entry.snapshot?.value ?? before;
    }
    for (const [entry, button] of this.#buttons) {
      if (kept.has(entry)) continue;
      button.remove();
      this.#buttons.delete(entry);
    }
    if (isLive) this.#list.scrollTop = this.#list.scrollHeight;
    else if (current) this.#reveal(this.#buttons.get(current.entry));
    const key = `${current?.entry} ${moments[index - 1]?.entry}`;
    if (key === this.#shownKey) return;
    this.#shownKey = key;
    this.#showChanges(moments[index - 1], current);
  }

  /** Scrolls the list, and not the page around it as the browser would. */
  #reveal(button: HTMLElement | undefined): void {
    if (!button) return;
    const { offsetTop, offsetHeight } = button;
    const { scrollTop, clientHeight } = this.#list;
    if (offsetTop < scrollTop) this.#list.scrollTop = offsetTop;
    if (offsetTop + offsetHeight > scrollTop + clientHeight) {
      this.#list.scrollTop = offsetTop + offsetHeight - clientHeight;
    }
  }

  #showChanges(before: WireEntry | undefined, current: WireEntry | undefined): void {
    if (!current?.snapshot) return this.#changes.replaceChildren();
    const changes = findChanges(shown(before?.snapshot), shown(current.snapshot));
    this.#changes.replaceChildren(
      h("h4", {
        text: before === undefined ? "How it began" : `What "${nameOf(current)}" changed`,
      }),
      ...(changes.length === 0
        ? [h("p", { class: "blank", text: "Nothing" })]
        : changes.map(toElement)),
      h("hr"),
      h("h4", { text: "Snapshot" }),
      h("pre", { text: JSON.stringify(shown(current.snapshot), null, 2) }),
      ...(current.outcome === undefined ? [] : [
        h("hr"),
        h("h4", { text: "Outcome" }),
        h("pre", { text: JSON.stringify(current.outcome, null, 2) }),
      ]),
    );
  }
}

/** The event of an entry, as people say it. */
export function nameOf({ type, event }: WireEntry): string {
  return event?.replace(/^xstate\./, "") ?? type;
}

function shown(snapshot: WireSnapshot | undefined): JsonValue {
  return (snapshot ?? {}) as JsonValue;
}

function toButton(
  entry: WireEntry,
  { start, before }: { readonly start: number; readonly before: string | undefined },
): HTMLElement {
  const time = h("span", { class: "time", text: `+${((entry.at - start) / 1_000).toFixed(2)} s` });
  if (entry.type === "polled") {
    const what = h("span", { class: "what", text: `${entry.count} polls without news` });
    return h("div", { class: "moment counted" }, [time, what]);
  }
  const value = entry.snapshot?.value ?? "";
  const what = h("span", { class: "what" }, [
    h("b", { text: nameOf(entry) }),
    ...(value === before ? [] : [h("i", { text: ` → ${value}` })]),
  ]);
  return h("button", {
    class: "moment",
    attributes: { type: "button", "data-entry": entry.entry },
  }, [time, what]);
}

function toElement({ path, before, after }: Change): HTMLElement {
  return h("div", { class: "change" }, [
    h("span", { class: "path", text: path }),
    h("span", { class: "values" }, [
      ...(before === undefined ? [] : [h("span", { class: "before", text: before }), " "]),
      ...(after === undefined ? [] : [h("span", { class: "after", text: after })]),
    ]),
  ]);
}
