/**
 * Keeps one object of each class that follows operations, for the reason that
 * `src/runtime/specimen.ts` gives: V8 throws code away with the last object that it
 * was compiled for, and here that is code of the runtime as well.
 *
 * @module
 */
import { type Observable, observe } from "../model/observe.ts";
import { SPECIMEN_OPTIONS } from "../runtime/specimen.ts";
import { Hub } from "./record/hub.ts";
import { OperationRecord } from "./record/record.ts";
import { RuntimeWatcher } from "./record/watcher.ts";

/** What is kept. */
export interface Specimen {
  readonly host: Observable;
  readonly watcher: RuntimeWatcher;
}

/** Makes a hub with one record, in which nothing ever happens. */
export function createSpecimen(): Specimen {
  const hub = new Hub({ clock: SPECIMEN_OPTIONS.clock, maxOperations: 1 });
  const [id, machine, value] = ["specimen", "none.specimen", "initial"];
  hub.keep(new OperationRecord({ id, machine, isOperation: true, value, startedAt: undefined }));
  const host: Observable = { observer: undefined, report: () => {} };
  const watcher = new RuntimeWatcher(hub);
  observe(host, watcher);
  return { host, watcher };
}
