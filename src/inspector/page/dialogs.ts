/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Questions and help, on top of the page.
 *
 * @module
 */
import { byId, h } from "./dom.ts";

const KEYS: readonly (readonly [key: string, meaning: string])[] = [
  ["/", "search"],
  ["j  k", "the next and the previous operation"],
  ["←  →", "the moment before and after"],
  ["l", "live again"],
  ["p", "poll now, where actions are allowed"],
  ["c", "cancel, where actions are allowed"],
  ["t", "theme"],
  ["Esc", "back"],
];

/** Asks before something that cannot be undone. */
export function confirmAction(
  { question, detail, action }: {
    readonly question: string;
    readonly detail: string;
    readonly action: string;
  },
): Promise<boolean> {
  return open((close) => [
    h("h2", { text: question }),
    h("p", { text: detail }),
    h("div", { class: "actions" }, [
      button("Keep them", "quiet", () => close(false)),
      button(action, "danger", () => close(true)),
    ]),
  ]);
}

/** Shows the keys. */
export function showHelp(): Promise<boolean> {
  return open((close) => [
    h("h2", { text: "Keyboard" }),
    h(
      "dl",
      { class: "keys" },
      KEYS.flatMap(([keys, meaning]) => [
        h("dt", {}, keys.split("  ").flatMap((key) => [h("kbd", { text: key }), " "])),
        h("dd", { text: meaning }),
      ]),
    ),
    h("div", { class: "actions" }, [button("Close", "", () => close(true))]),
  ]);
}

function open(fill: (close: (answer: boolean) => void) => Node[]): Promise<boolean> {
  const dialog = byId<HTMLDialogElement>("dialog");
  return new Promise((resolve) => {
    const close = (answer: boolean): void => {
      resolve(answer);
      dialog.close();
    };
    dialog.replaceChildren(...fill(close));
    dialog.addEventListener("close", () => resolve(false), { once: true });
    dialog.showModal();
  });
}

function button(text: string, tone: string, onClick: () => void): HTMLElement {
  return h("button", {
    class: `button ${tone}`,
    text,
    attributes: { type: "button" },
    on: { click: onClick },
  });
}
