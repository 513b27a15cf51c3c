/// <reference lib="dom" />
/**
 * The page without a mouse.
 *
 * @module
 */
import type { WireCommand } from "../wire/wire.ts";

/** What keys do. */
export interface KeyActions {
  /** Goes to the search. */
  search(): void;
  /** Goes down, or up, the list. */
  move(by: number): void;
  /** Goes on, or back, in time. */
  step(by: number): void;
  /** Goes to the newest moment. */
  live(): void;
  /** Sends a command. */
  send(type: WireCommand): void;
  /** Changes the theme. */
  theme(): void;
  /** Shows the keys. */
  help(): void;
  /** Leaves whatever one is in. */
  back(): void;
}

/** Listens to keys, except where somebody writes. */
export function listenToKeys(actions: KeyActions): void {
  const keys: Readonly<Record<string, () => void>> = {
    "/": () => actions.search(),
    j: () => actions.move(1),
    k: () => actions.move(-1),
    ArrowDown: () => actions.move(1),
    ArrowUp: () => actions.move(-1),
    ArrowRight: () => actions.step(1),
    ArrowLeft: () => actions.step(-1),
    l: () => actions.live(),
    p: () => actions.send("pollNow"),
    c: () => actions.send("cancel"),
    t: () => actions.theme(),
    "?": () => actions.help(),
    Escape: () => actions.back(),
  };
  addEventListener("keydown", (event) => {
    const target = event.target as Element;
    const { key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || target.closest("dialog")) return;
    const isWriting = target.matches("select, input:not([type=range])");
    if (isWriting && key !== "Escape") return;
    if (target.matches("[type=range]") && key.startsWith("Arrow")) return; // its own
    if (!Object.hasOwn(keys, key)) return;
    event.preventDefault();
    keys[key]!();
  });
}
