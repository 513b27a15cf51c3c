/**
 * Watch any number of operations live in a browser, with nothing sent anywhere.
 *
 * ```ts
 * import { createRuntime } from "@lro/machines";
 * import { createInspector } from "@lro/machines/inspector";
 *
 * await using runtime = createRuntime();
 * await using inspector = await createInspector(runtime);
 * console.log(`Watch at ${inspector.createLink()}`);
 * ```
 *
 * @module
 */
export { createInspector } from "./inspector.ts";
export type { Inspector, InspectorOptions } from "./inspector.ts";
export type {
  StatelyActorEvent,
  StatelyBase,
  StatelyEventEvent,
  StatelySnapshot,
  StatelySnapshotEvent,
} from "./wire/stately_event.ts";
export type { StatelyEvent } from "./wire/stately_event.ts";
export type { LayoutEngine } from "../drawing/elk_layout.ts";
