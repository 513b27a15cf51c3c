/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The head of one operation: name, state, figures, what can be done with it.
 *
 * @module
 */
import { cleanText } from "../../model/clean_text.ts";
import type { WireCommand, WireRow } from "../wire/wire.ts";
import { h, setText } from "./dom.ts";
import type { Model } from "./model.ts";
import { clockText, spanText } from "./text.ts";
import { stuckReason, toneOf } from "./trouble.ts";

/** What the head needs of the page. */
export interface FactsActions {
  /** Sends a command. */
  send(type: WireCommand): void;
  /** Opens Stately Inspector. */
  openStately(): void;
  /** Goes back to the list. */
  back(): void;
}

/** Shows name, state and figures. */
export class FactsView {
  /** Its place. */
  readonly element: HTMLElement;
  readonly #name = h("h2");
  readonly #pill = h("span", { class: "pill" });
  readonly #pollNow: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #stately: HTMLButtonElement;
  readonly #export = h("a", { class: "button", text: "Export", attributes: { download: "" } });
  readonly #facts = h("dl", { class: "facts" });
  readonly #meter = h("div", { class: "meter" }, [h("div")]);
  readonly #note = h("div", { class: "note" }, [h("b"), h("span")]);
  readonly #values = new Map<string, HTMLElement>();

  /** Tells `actions` what was pressed. */
  constructor(actions: FactsActions) {
    const button = (id: string, text: string, onClick: () => void): HTMLButtonElement =>
      h("button", {
        class: "button",
        text,
        attributes: { type: "button", id },
        on: { click: onClick },
      });
    this.#pollNow = button("poll-now", "Poll now", () => actions.send("pollNow"));
    this.#cancel = button("cancel", "Cancel", () => actions.send("cancel"));
    this.#cancel.classList.add("danger");
    this.#stately = button("stately", "Open in Stately", () => actions.openStately());
    const back = button("back", "‹ All", () => actions.back());
    back.classList.add("back");
    this.element = h("div", {}, [
      h("div", { class: "head" }, [
        back,
        this.#name,
        this.#pill,
        h("div", { class: "actions" }, [this.#pollNow, this.#cancel, this.#stately, this.#export]),
      ]),
      this.#facts,
      this.#meter,
      this.#note,
    ]);
  }

  /** Shows a row. */
  show(row: WireRow, model: Model): void {
    const { now } = model;
    const tone = toneOf(row, now);
    const isActive = row.status === "active";
    setText(this.#name, row.id);
    this.#name.title = cleanText(row.id);
    this.#pill.className = `pill ${tone}`;
    setText(this.#pill, row.status === "stopped" ? "stopped" : row.value.replaceAll(".", " › "));
    const isAllowed = model.allowsActions && row.isOperation && isActive;
    this.#pollNow.hidden = this.#cancel.hidden = !isAllowed;
    this.#pollNow.disabled = row.nextPollAt === undefined;
    this.#stately.hidden = model.statelyUrl === undefined;
    this.#export.hidden = model.statelyUrl === undefined;
    this.#export.href = `/operations/${encodeURIComponent(row.id)}/export`;
    for (const [name, text] of factsOf(row, now)) this.#fact(name, text);
    this.#meter.hidden = row.percent === undefined;
    (this.#meter.firstElementChild as HTMLElement).style
      .setProperty("width", `${row.percent ?? 0}%`);
    const stuck = stuckReason(row, now);
    this.#note.hidden = row.note === undefined && stuck === undefined;
    this.#note.className = `note ${tone === "bad" || tone === "warn" ? tone : ""}`;
    setText(this.#note.firstElementChild!, row.code ?? (stuck === undefined ? "" : "stuck"));
    setText(this.#note.lastElementChild!, [stuck, row.note].filter(Boolean).join(" · "));
  }

  #fact(name: string, text: string | undefined): void {
    let value = this.#values.get(name);
    if (!value) {
      value = h("dd");
      this.#values.set(name, value);
      this.#facts.append(h("div", {}, [h("dt", { text: name }), value]));
    }
    value.parentElement!.hidden = text === undefined;
    setText(value, text ?? "");
  }
}

function* factsOf(row: WireRow, now: number): Iterable<[name: string, text: string | undefined]> {
  const { startedAt, endedAt, nextPollAt, retryAfterMs, deadlineAt, askedAt, isOperation } = row;
  yield ["Machine", row.machine];
  yield ["Started", clockText(startedAt)];
  yield ["Elapsed", spanText((endedAt ?? now) - startedAt)];
  yield ["Polls", isOperation ? String(row.polls) : undefined];
  yield ["Requests", isOperation ? String(row.requests) : undefined];
  yield ["Asking for", askedAt === undefined ? undefined : spanText(now - askedAt)];
  yield [
    "Next poll",
    nextPollAt === undefined || askedAt !== undefined
      ? undefined
      : nextPollAt > now
      ? `in ${spanText(nextPollAt - now)}`
      : "due",
  ];
  yield ["Retry-After", retryAfterMs === undefined ? undefined : spanText(retryAfterMs)];
  yield [
    "Deadline",
    deadlineAt === undefined || endedAt !== undefined
      ? undefined
      : `in ${spanText(deadlineAt - now)}`,
  ];
  yield ["Progress", row.percent === undefined ? undefined : `${Math.round(row.percent)} %`];
}
