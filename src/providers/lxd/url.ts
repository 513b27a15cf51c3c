/**
 * URLs of LXD. In a cluster an operation's has a query, so that nothing may be
 * glued to its end.
 *
 * @module
 */
import { originOf, resolveUrl } from "../../model/url.ts";
import { baseOf } from "./input.ts";

/**
 * The whole URL of an operation, as a reply names it.
 *
 * @param name A path, or what the `Location` header holds.
 * @param startUrl The URL of the request that started it.
 * @returns `undefined` where it is none, or leads to another server.
 */
export function operationUrl(name: string, startUrl: string): string | undefined {
  const base = baseOf(startUrl);
  const url = name.startsWith("/1.0/") ? base + name : resolveUrl(name, startUrl);
  const isOurs = url !== undefined && URL.canParse(url) && originOf(url) === originOf(startUrl) &&
    url.includes("/1.0/operations/");
  return isOurs ? url : undefined;
}

/** Where to wait for an operation, for so many whole seconds at the most. */
export function waitUrl(operation: string, seconds: number): string {
  const url = new URL(operation);
  url.pathname += "/wait";
  url.searchParams.set("timeout", String(seconds));
  return url.href;
}

/** The id of an operation, by its URL. */
export function idOf(operation: string): string {
  return new URL(operation).pathname.split("/").at(-1)!;
}

/** The project that a URL names. */
export function projectOf(url: string): string | null {
  return new URL(url).searchParams.get("project");
}

/** A URL that names its project, so that whoever gets it alone finds what it leads to. */
export function inProject(operation: string, project: string | null | undefined): string {
  if (project === null || project === undefined || projectOf(operation) !== null) return operation;
  const url = new URL(operation);
  url.searchParams.set("project", project);
  return url.href;
}

/** Where the server tells what becomes of the operations of all projects, to whom it may. */
export function allEventsUrl(baseUrl: string): string {
  return `${eventsUrl(baseUrl)}&all-projects=true`;
}

/** Where the server tells what becomes of the operations of a project. */
export function eventsUrl(baseUrl: string, project?: string): string {
  const url = new URL(`${baseUrl.replace(/^http/i, "ws")}/1.0/events?type=operation`);
  if (project !== undefined) url.searchParams.set("project", project);
  return url.href;
}
