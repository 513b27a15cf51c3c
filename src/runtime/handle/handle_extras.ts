/**
 * What few handles have: thousands do without, and would need memory for it.
 *
 * @module
 */
import type { OperationSnapshot } from "../../model/outcome.ts";
import type { ObserverEntry } from "./observer_entry.ts";
import type { Waiter } from "./waiters.ts";

/** What few handles have. */
export interface HandleExtras<T> {
  /** Those who follow every change. */
  observers?: Set<ObserverEntry<T>> | undefined;
  /** Where it stood when somebody last looked. */
  snapshot?: OperationSnapshot<T>;
  /** The actor's revision at that snapshot. */
  revision?: number;
  /** Those who asked to cancel. */
  cancelers?: Waiter[];
  /** Why it stopped, while nobody has been told. */
  untold?: { readonly reason: unknown } | undefined;
  /** Why it can never go on. */
  disposed?: { readonly reason: unknown };
}
