/**
 * What the emulator can be asked for.
 *
 * @module
 */

/** The kinds of requests that the emulator knows. */
export type LxdRequestKind = "start" | "list" | "get" | "wait" | "cancel" | "events" | "read";
