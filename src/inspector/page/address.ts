/// <reference lib="dom" />
/**
 * Deep links: what is looked at, in the part of the address that is never sent.
 *
 * @module
 */

/** What an address says. */
export interface Place {
  /** The operation that is shown. */
  readonly id?: string;
  /** The moment that is looked at. */
  readonly at?: number;
  /** The search text. */
  readonly query?: string;
}

/** Reads the address. */
export function readPlace(): Place {
  const fields = new URLSearchParams(location.hash.slice(1));
  const id = fields.get("op");
  const at = Number(fields.get("at") ?? NaN);
  const query = fields.get("q");
  return {
    ...(id !== null && { id }),
    ...(Number.isSafeInteger(at) && at > 0 && { at }),
    ...(query !== null && { query }),
  };
}

/** Writes the address, without a new step in the browser's history unless another operation is shown. */
export function writePlace({ id, at, query }: Place): void {
  const fields = new URLSearchParams();
  if (id !== undefined) fields.set("op", id);
  if (at !== undefined) fields.set("at", String(at));
  if (query) fields.set("q", query);
  const text = fields.toString();
  const hash = text === "" ? "" : `#${text}`;
  if (hash === location.hash) return;
  const isOther = readPlace().id !== id;
  history[isOther ? "pushState" : "replaceState"](null, "", hash === "" ? location.pathname : hash);
}
