/**
 * What a request to the emulated Linode is about.
 *
 * @module
 */

/** The kinds of requests that the emulator knows. */
export type LinodeRequestKind =
  | "list"
  | "event"
  | "create"
  | "instance"
  | "action"
  | "disk"
  | "database";

/** What a path leads to. */
export interface Route {
  /** What is asked for. */
  readonly kind: LinodeRequestKind;
  /** The id in the path. */
  readonly id?: string;
  /** What is to be done with it. */
  readonly action?: string;
  /** With `disk`: which disk; none where one is to be made. */
  readonly diskId?: string;
}

/** Reads a path. */
export function findRoute(pathname: string): Route | { readonly kind: "other" } {
  if (/\/v4\/databases\/\w+\/instances$/.test(pathname)) return { kind: "database" };
  const disk = /\/v4\/linode\/instances\/(\d+)\/disks(?:\/(\d+))?$/.exec(pathname);
  if (disk) {
    const [, id, diskId] = disk;
    return { kind: "disk", id: id!, ...(diskId !== undefined && { diskId }) };
  }
  const [, collection, id, action] =
    /\/v4\/(account\/events|linode\/instances)(?:\/(\d+)(?:\/(\w+))?)?$/.exec(pathname) ?? [];
  if (collection === "account/events" && action === undefined) {
    return id === undefined ? { kind: "list" } : { kind: "event", id };
  }
  if (collection === "linode/instances") {
    if (id === undefined) return { kind: "create" };
    return action === undefined ? { kind: "instance", id } : { kind: "action", id, action };
  }
  return { kind: "other" };
}
