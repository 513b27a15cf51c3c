/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The HTTP exchanges of one operation, each to be unfolded.
 *
 * @module
 */
import type { WireMessage } from "../wire/wire.ts";
import { h } from "./dom.ts";
import type { HttpExchange } from "./spans.ts";
import { spanText } from "./text.ts";

/** Shows exchanges. */
export class HttpView {
  /** Its place. */
  readonly element: HTMLElement = h("div", { class: "panel" });
  readonly #shown = new Map<
    number,
    { readonly newest: number; readonly element: HTMLDetailsElement }
  >();

  /** Forgets the operation that was shown before. */
  clear(): void {
    this.#shown.clear();
    this.element.replaceChildren();
  }

  /** Shows exchanges, the newest first; what was unfolded stays so. */
  show(exchanges: readonly HttpExchange[]): void {
    if (exchanges.length === 0) {
      this.clear();
      this.element.append(h("p", { class: "blank", text: "Nothing was asked yet" }));
      return;
    }
    const elements = exchanges.map((exchange) => {
      const known = this.#shown.get(exchange.entry);
      if (known?.newest === exchange.newest) return known.element;
      const element = toElement(exchange);
      element.open = known?.element.open ?? false;
      this.#shown.set(exchange.entry, { newest: exchange.newest, element });
      return element;
    }).reverse();
    const isSame = elements.length === this.element.childElementCount &&
      elements.every((element, index) => this.element.children[index] === element);
    if (!isSame) this.element.replaceChildren(...elements);
  }
}

function toElement({ at, call, attempts, end, endedAt, step }: HttpExchange): HTMLDetailsElement {
  const sentAt = attempts[0]?.at ?? at;
  const took = endedAt === undefined ? "under way" : spanText(endedAt - sentAt);
  const retryAfter = end?.retryAfterMs;
  const notes = [
    ...(attempts.length > 1 ? [`${attempts.length} attempts`] : []),
    ...(retryAfter === undefined ? [] : [`Retry-After ${spanText(retryAfter)}`]),
    took,
  ];
  return h("details", { class: "exchange" }, [
    h("summary", {}, [
      h("span", { class: "method", text: call?.method ?? "shared" }),
      h("span", {
        class: "url",
        text: call?.url ?? "one list for many",
        attributes: { title: call?.url },
      }),
      h("span", { class: "took", text: notes.join(" · ") }),
      h("span", { class: `pill ${toneOf(end)}`, text: resultText(end) }),
    ]),
    h("div", { class: "messages" }, [
      ...(call ? [part(step === undefined ? "Request" : `Request of "${step}"`, call)] : []),
      ...attempts.flatMap(({ message }, index) =>
        message ? [part(`Attempt ${index + 1}`, message)] : []
      ),
      ...(end ? [part("Reply", end)] : []),
    ]),
  ]);
}

function part(name: string, message: WireMessage): HTMLElement {
  const { url, headers, body, fault, status } = message;
  const fields = Object.entries({ url, fault, headers, body })
    .filter(([, value]) => value !== undefined);
  return h("section", {}, [
    h("h4", { text: status === undefined ? name : `${name}, HTTP ${status}` }),
    h("pre", { text: JSON.stringify(Object.fromEntries(fields), null, 2) }),
  ]);
}

function resultText(end: WireMessage | undefined): string {
  if (!end) return "…";
  return end.status === undefined ? "no reply" : String(end.status);
}

function toneOf(end: WireMessage | undefined): string {
  if (!end) return "live";
  if (end.status === undefined || end.status >= 500) return "bad";
  return end.status >= 400 ? "warn" : "good";
}
