/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The list: only the rows within sight are elements, however many there are.
 *
 * @module
 */
import type { WireRow } from "../wire/wire.ts";
import { byId, h, setText } from "./dom.ts";
import { spanText } from "./text.ts";
import { stateOf, stuckReason, toneOf } from "./trouble.ts";

const ROW_HEIGHT = 56;
/** Rows above and below what is in sight. */
const MARGIN = 4;

interface Slot {
  readonly element: HTMLElement;
  readonly id: HTMLElement;
  readonly pill: HTMLElement;
  readonly about: HTMLElement;
  readonly when: HTMLElement;
}

/** Shows rows, and tells which one is chosen. */
export class ListView {
  readonly #list = byId("list");
  readonly #spacer = byId("spacer");
  readonly #nothing = byId("nothing");
  readonly #slots: Slot[] = [];
  #rows: readonly WireRow[] = [];
  #selected: string | undefined;
  #now = 0;

  /** `onSelect` hears of clicks. */
  constructor(onSelect: (id: string) => void) {
    this.#list.addEventListener("scroll", () => this.#draw());
    this.#list.addEventListener("click", (event) => {
      const row = (event.target as Element).closest<HTMLElement>(".row");
      if (row?.dataset["id"] !== undefined) onSelect(row.dataset["id"]);
    });
    new ResizeObserver(() => this.#draw()).observe(this.#list);
  }

  /** Shows these rows. */
  show(
    rows: readonly WireRow[],
    options: {
      readonly selected: string | undefined;
      readonly now: number;
      readonly isAll: boolean;
    },
  ): void {
    this.#rows = rows;
    this.#selected = options.selected;
    this.#now = options.now;
    this.#spacer.style.setProperty("height", `${rows.length * ROW_HEIGHT}px`);
    this.#nothing.hidden = rows.length > 0;
    if (rows.length === 0) {
      this.#nothing.replaceChildren(
        h("b", { text: options.isAll ? "No operations yet" : "Nothing found" }),
        options.isAll ? "They appear here as soon as they start." : "Other words may find more.",
      );
    }
    this.#draw();
  }

  /** The id so many rows below another, and scrolls to it. */
  neighbour(id: string | undefined, step: number): string | undefined {
    const at = this.#rows.findIndex((row) => row.id === id);
    const index = at < 0 ? 0 : Math.max(0, Math.min(this.#rows.length - 1, at + step));
    this.reveal(index);
    return this.#rows[index]?.id;
  }

  /** Scrolls until a row is in sight. */
  reveal(index: number): void {
    const { scrollTop, clientHeight } = this.#list;
    const top = index * ROW_HEIGHT;
    if (top < scrollTop) this.#list.scrollTop = top;
    if (top + ROW_HEIGHT > scrollTop + clientHeight) {
      this.#list.scrollTop = top + ROW_HEIGHT - clientHeight;
    }
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.#list;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - MARGIN);
    const last = Math.min(
      this.#rows.length,
      Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + MARGIN,
    );
    for (let index = first; index < last; index++) {
      this.#fill(this.#slot(index - first), this.#rows[index]!, index);
    }
    for (let rest = last - first; rest < this.#slots.length; rest++) {
      this.#slots[rest]!.element.hidden = true;
    }
  }

  #slot(index: number): Slot {
    let slot = this.#slots[index];
    if (!slot) {
      const id = h("span", { class: "id" });
      const pill = h("span", { class: "pill" });
      const about = h("span", { class: "about" });
      const when = h("span", { class: "when" });
      const element = h("div", { attributes: { role: "option" } }, [id, pill, about, when]);
      slot = { element, id, pill, about, when };
      this.#slots[index] = slot;
      this.#spacer.append(element);
    }
    return slot;
  }

  #fill({ element, id, pill, about, when }: Slot, row: WireRow, index: number): void {
    const now = this.#now;
    const tone = toneOf(row, now);
    const isSelected = row.id === this.#selected;
    const stuck = stuckReason(row, now);
    element.hidden = false;
    element.className = `row ${tone}${isSelected ? " selected" : ""}`;
    element.dataset["id"] = row.id;
    element.style.setProperty("top", `${index * ROW_HEIGHT}px`);
    element.setAttribute("aria-selected", String(isSelected));
    element.setAttribute("aria-posinset", String(index + 1));
    element.setAttribute("aria-setsize", String(this.#rows.length));
    setText(id, row.id);
    pill.className = `pill ${tone}`;
    setText(pill, shortState(row));
    setText(about, [row.machine, stuck ?? row.code ?? row.note].filter(Boolean).join(" · "));
    setText(when, whenText(row, now));
  }
}

/** The innermost state: the outer ones are the same for all. */
export function shortState(row: WireRow): string {
  const state = stateOf(row);
  if (row.status !== "active" || row.value.includes(" ")) return state || row.value;
  return row.value.split(".").at(-1)!;
}

function whenText(row: WireRow, now: number): string {
  const { status, nextPollAt, askedAt, startedAt, endedAt, percent } = row;
  const progress = percent === undefined ? "" : `${Math.round(percent)} % · `;
  if (endedAt !== undefined) return `in ${spanText(endedAt - startedAt)}`;
  if (status === "active" && askedAt !== undefined) {
    return `${progress}asking ${spanText(now - askedAt)}`;
  }
  if (status === "active" && nextPollAt !== undefined) {
    return nextPollAt > now ? `${progress}next in ${spanText(nextPollAt - now)}` : `${progress}due`;
  }
  return progress + spanText(now - startedAt);
}
