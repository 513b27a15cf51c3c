/**
 * The handles of a runtime by id. An id that nobody asked for is a number until
 * somebody does: most never do, and a text for each costs time and memory.
 *
 * @module
 */
import type { Services } from "../services.ts";
import type { Handle } from "./handle.ts";

/** The handles that have not ended. */
export class Registry {
  readonly #services: Pick<Services, "clock" | "random">;
  readonly #handles = new Map<string | number, Handle<unknown>>();
  #prefix: string | undefined;
  #count = 0;

  /** None yet. */
  constructor(services: Pick<Services, "clock" | "random">) {
    this.#services = services;
  }

  /** A key for an operation to which the caller gives no id. */
  newKey(): number {
    return this.#count++;
  }

  /** The id for a number: no other runtime makes it up, by when and by what chance this one was first asked. */
  idOf(number: number): string {
    const { clock, random } = this.#services;
    this.#prefix ??= `${Math.floor(clock.now()).toString(36)}-${
      Math.floor(random() * 36 ** 6).toString(36).padStart(6, "0")
    }-`;
    return this.#prefix + number.toString(36);
  }

  /** Adds one. */
  add(key: string | number, handle: Handle<unknown>): void {
    this.#handles.set(key, handle);
  }

  /** The one with an id, if there is one. */
  get(id: string): Handle<unknown> | undefined {
    return this.#handles.get(id) ?? this.#handles.get(this.#numberOf(id));
  }

  /** Forgets one. */
  delete(key: string | number): void {
    this.#handles.delete(key);
  }

  /** Forgets all. */
  clear(): void {
    this.#handles.clear();
  }

  /** All of them, in the order in which they came. */
  values(): Iterable<Handle<unknown>> {
    return this.#handles.values();
  }

  /** The number of which an id was made; -1 for one that was not. */
  #numberOf(id: string): number {
    if (this.#prefix === undefined || !id.startsWith(this.#prefix)) return -1;
    const number = parseInt(id.slice(this.#prefix.length), 36);
    return this.idOf(number) === id ? number : -1;
  }
}
