/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * One operation: what it is, where it stands, and everything that happened to it.
 *
 * @module
 */
import type { WireCommand, WireRow } from "../wire/wire.ts";
import { ChartView } from "./chart_view.ts";
import { byId, h, setText } from "./dom.ts";
import { FactsView } from "./facts_view.ts";
import { HttpView } from "./http_view.ts";
import type { Model } from "./model.ts";
import { MomentsView, nameOf } from "./moments_view.ts";
import { findExchanges } from "./spans.ts";
import { Tabs } from "./tabs.ts";
import { TimelineView } from "./timeline_view.ts";
import { stateOf, toneOf } from "./trouble.ts";

/** What the detail needs of the page. */
export interface DetailActions {
  /** Looks at a moment; `undefined` for the newest, whatever comes. */
  travel(entry: number | undefined): void;
  /** Looks at the moment so many before or after. */
  step(by: number): void;
  /** Sends a command to the operation that is shown. */
  send(type: WireCommand): void;
  /** Opens Stately Inspector on it. */
  openStately(): void;
  /** Goes back to the list, on a phone. */
  back(): void;
}

/** Shows the operation that is chosen. */
export class DetailView {
  readonly #actions: DetailActions;
  readonly #place = byId("detail");
  readonly #facts: FactsView;
  readonly #chart = new ChartView();
  readonly #timeline: TimelineView;
  readonly #moments: MomentsView;
  readonly #http = new HttpView();
  readonly #input = h("pre");
  readonly #tabs: Tabs;
  readonly #live: HTMLButtonElement;
  readonly #position = h("span", { class: "position" }, [
    h("span"),
    h("span", { class: "name" }),
    h("span", { class: "since" }),
  ]);
  readonly #scrub: HTMLInputElement;
  readonly #parts: readonly HTMLElement[];
  #id: string | undefined;

  /** Tells `actions` what was pressed. */
  constructor(actions: DetailActions) {
    this.#actions = actions;
    this.#facts = new FactsView(actions);
    this.#timeline = new TimelineView((at) => this.#travelTo(at));
    this.#moments = new MomentsView((entry) => actions.travel(entry));
    this.#tabs = new Tabs([
      { name: "history", title: "History", element: this.#moments.element },
      { name: "http", title: "HTTP", element: this.#http.element },
      { name: "input", title: "Input", element: this.#input },
    ]);
    this.#live = h("button", {
      class: "button",
      attributes: { type: "button", id: "live" },
      on: { click: () => actions.travel(this.#isLive ? this.#current : undefined) },
    });
    this.#scrub = h("input", {
      class: "scrub",
      attributes: { type: "range", min: 0, step: 1, id: "scrub", "aria-label": "Moment" },
      on: { input: () => this.#travelToIndex(Number(this.#scrub.value)) },
    });
    const step = (by: number, text: string, label: string): HTMLElement =>
      h("button", {
        class: "button icon quiet",
        text,
        attributes: { type: "button", "aria-label": label, title: label },
        on: { click: () => actions.step(by) },
      });
    this.#parts = [
      this.#facts.element,
      h("section", { class: "card" }, [
        h("header", {}, [
          h("h3", { text: "Statechart" }),
          h("span", { class: "spring" }),
          this.#position,
          step(-1, "‹", "The moment before"),
          step(1, "›", "The moment after"),
          this.#live,
        ]),
        this.#chart.element,
        h("div", { class: "scrubber" }, [this.#scrub]),
      ]),
      h("section", { class: "card" }, [
        h("header", {}, [h("h3", { text: "Timeline" })]),
        this.#timeline.element,
      ]),
      this.#tabs.element,
    ];
    this.#live.append(h("span"), h("span"));
  }

  #isLive = true;
  #current: number | undefined;
  #moment: { readonly entries: readonly { readonly entry: number; readonly at: number }[] } = {
    entries: [],
  };

  /** Shows what the model has of the operation that is chosen. */
  show(model: Model): void {
    const { shown } = model;
    const row = shown && model.rows.get(shown.id);
    if (!shown || !row) return this.#showNothing(model);
    if (this.#id !== shown.id) this.#begin(shown.id);
    const { now } = model;
    const { entries } = shown;
    const moments = model.moments();
    const index = model.momentIndex(moments);
    const current = moments[index];
    const isLive = shown.at === undefined;
    this.#isLive = isLive;
    this.#current = current?.entry;
    this.#moment = { entries: moments };
    const value = isLive ? row.value : current?.snapshot?.value ?? row.value;
    const tone = toneOf(isLive ? row : asOf(row, value, current?.type === "ended"), now);
    this.#facts.show(row, model);
    this.#chart.show(model.machines.get(row.machine), {
      value,
      past: moments.slice(0, index + 1),
      tone,
    });
    this.#timeline.show({
      row,
      entries,
      at: isLive ? undefined : current,
      now,
      tone: toneOf(row, now),
    });
    this.#showPosition(moments.length, index, current && nameOf(current));
    this.#moments.show({ entries, moments, index, isLive });
    const exchanges = findExchanges(entries);
    this.#http.show(exchanges);
    setText(this.#input, JSON.stringify(shown.input ?? null, null, 2));
    this.#tabs.count("history", moments.length);
    this.#tabs.count("http", exchanges.length);
  }

  #begin(id: string): void {
    this.#id = id;
    this.#moments.clear();
    this.#http.clear();
    this.#place.replaceChildren(...this.#parts);
    this.#place.scrollTop = 0;
  }

  #showNothing(model: Model): void {
    this.#id = undefined;
    const isGone = model.shown !== undefined && model.connection === "live";
    this.#place.replaceChildren(
      h("div", { class: "empty" }, [
        h("b", { text: isGone ? "This operation is not known here" : "Choose an operation" }),
        h("p", {
          text: isGone
            ? "It may have been forgotten."
            : "Its statechart, timeline and requests appear here.",
        }),
      ]),
    );
  }

  #showPosition(count: number, index: number, name: string | undefined): void {
    const behind = count - 1 - index;
    const [place, event, since] = this.#position.children;
    setText(place!, count === 0 ? "" : `${index + 1} of ${count}`);
    setText(event!, name === undefined ? "" : ` · ${name}`);
    setText(since!, !this.#isLive && behind > 0 ? ` · ${behind} since` : "");
    this.#scrub.max = String(Math.max(0, count - 1));
    this.#scrub.value = String(index);
    this.#live.setAttribute("aria-pressed", String(this.#isLive));
    setText(this.#live.firstElementChild!, this.#isLive ? "●" : "▶");
    setText(this.#live.lastElementChild!, this.#isLive ? "Live" : "Go live");
  }

  #travelTo(at: number): void {
    const index = this.#moment.entries.findLastIndex((entry) => entry.at <= at);
    this.#travelToIndex(Math.max(0, index));
  }

  #travelToIndex(index: number): void {
    const entry = this.#moment.entries[index]?.entry;
    if (entry !== undefined) this.#actions.travel(entry);
  }
}

/** A row as it was at an earlier moment, as far as colours go. */
function asOf(row: WireRow, value: string, isEnd: boolean): WireRow {
  const { askedAt: _, nextPollAt: __, retries: ___, ...rest } = row;
  const past: WireRow = { ...rest, value, status: isEnd ? row.status : "active" };
  return stateOf(past) === "" ? row : past;
}
