/**
 * The handles of a runtime, and their ids. An id that nobody asked for is a
 * number until somebody does: most never do, and a text for each costs time and
 * memory.
 *
 * @module
 */
import type { Services } from "../services.ts";

/** What can be in the list: it is its own node. */
export interface ListedOperation {
  /** Its id, or the number of which one is made. */
  readonly key: string | number;
  /** Its neighbours; kept for the list. */
  previous: ListedOperation | undefined;
  /** Its neighbours; kept for the list. */
  next: ListedOperation | undefined;
}

/** The handles that have not ended, in the order in which they came. */
export class Registry<Handle extends ListedOperation> {
  readonly #services: Pick<Services, "clock" | "random">;
  #first: Handle | undefined;
  #last: Handle | undefined;
  /** Made when first needed: those who give no ids and ask for none do without. */
  #byKey: Map<string | number, Handle> | undefined;
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
  add(handle: Handle): void {
    const last = this.#last;
    handle.previous = last;
    if (last) last.next = handle;
    else this.#first = handle;
    this.#last = handle;
    this.#byKey?.set(handle.key, handle);
  }

  /** Forgets one. */
  delete(handle: Handle): void {
    const previous = handle.previous as Handle | undefined;
    const next = handle.next as Handle | undefined;
    if (!previous && this.#first !== handle) return;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
    handle.previous = handle.next = undefined;
    this.#byKey?.delete(handle.key);
  }

  /** The one with an id, if there is one. */
  get(id: string): Handle | undefined {
    const byKey = this.#byKey ??= new Map(this.list().map((handle) => [handle.key, handle]));
    return byKey.get(id) ?? byKey.get(this.#numberOf(id));
  }

  /** All of them, at this moment. */
  list(): Handle[] {
    const handles: Handle[] = [];
    for (let handle = this.#first; handle; handle = handle.next as Handle | undefined) {
      handles.push(handle);
    }
    return handles;
  }

  /** The number of which an id was made; -1 for one that was not. */
  #numberOf(id: string): number {
    if (this.#prefix === undefined || !id.startsWith(this.#prefix)) return -1;
    const number = parseInt(id.slice(this.#prefix.length), 36);
    return this.idOf(number) === id ? number : -1;
  }
}
