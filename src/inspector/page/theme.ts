/// <reference lib="dom" />
/**
 * Light, dark, or as the system has it.
 *
 * @module
 */
import { byId, setText } from "./dom.ts";

const THEMES = ["system", "light", "dark"] as const;
type Theme = typeof THEMES[number];
const SIGNS: Readonly<Record<Theme, string>> = { system: "◐", light: "☀", dark: "☾" };
const KEY = "lro-inspector-theme";

/** Takes up the theme that was chosen last. */
export function restoreTheme(): void {
  let saved: string | null = null;
  try {
    saved = localStorage.getItem(KEY);
  } catch {
    // a browser that keeps nothing
  }
  apply(THEMES.find((theme) => theme === saved) ?? "system");
}

/** Goes on to the next theme. */
export function changeTheme(): void {
  const current = document.documentElement.dataset["theme"] ?? "system";
  const next = THEMES[(THEMES.indexOf(current as Theme) + 1) % THEMES.length]!;
  apply(next);
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // it lasts as long as the page
  }
}

function apply(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset["theme"];
  else dataset["theme"] = theme;
  const button = byId("theme");
  setText(button, SIGNS[theme]);
  button.title = `Theme: ${theme}`;
}
