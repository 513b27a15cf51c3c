/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Builds the page's elements. Text is set as text, never as markup: what servers
 * say can show itself and do nothing else, not even turn the words beside it round.
 *
 * @module
 */
import { cleanText } from "../../model/clean_text.ts";
import type { Shape } from "../../drawing/shapes.ts";

/** What an element is made with. */
export interface ElementOptions {
  /** Its classes. */
  readonly class?: string;
  /** Its text. */
  readonly text?: string;
  /** Attributes by name; `undefined` and `false` leave one out. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Listeners by event. */
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
}

/** Builds an HTML element. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: ElementOptions = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (options.class !== undefined) element.className = options.class;
  if (options.text !== undefined) element.textContent = cleanText(options.text);
  for (const [name, value] of Object.entries(options.attributes ?? {})) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, name === "title" ? cleanText(String(value)) : String(value));
  }
  for (const [name, listener] of Object.entries(options.on ?? {})) {
    element.addEventListener(name, listener);
  }
  element.append(
    ...children.map((child) => typeof child === "string" ? cleanText(child) : child),
  );
  return element;
}

/** Builds an SVG element out of a drawing's shape. */
export function toSvg({ tag, attributes, children = "" }: Shape): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  if (typeof children === "string") element.textContent = cleanText(children);
  else element.append(...children.map(toSvg));
  return element;
}

/** An element of `index.html`. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`Cannot find #${id} in the page`);
  return element as T;
}

/** Sets a text, unless it is there already: an unneeded change costs a layout. */
export function setText(element: Element, text: string): void {
  const shown = cleanText(text);
  if (element.textContent !== shown) element.textContent = shown;
}
