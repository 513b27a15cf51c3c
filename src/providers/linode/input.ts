/**
 * What Linode operations are made of, and the check of it.
 *
 * @module
 */
import {
  checkBaseUrl,
  checkCall,
  checkHeaders,
  checkMs,
  checkRecord,
  checkText,
  refuse,
} from "../../check_input.ts";
import type { Call, Given } from "../../operation.ts";

/** The id of an entity: a number, or a text for those that have names. */
export type EntityId = number | string;

/** What every Linode operation takes. */
export interface LinodeCommonOptions {
  /** The entity's type as events have it, e.g. `"linode"`, `"disk"`, `"volume"`. */
  readonly entityType: string;
  /**
   * The API's address.
   *
   * @default {"https://api.linode.com/v4"}
   */
  readonly baseUrl?: string | undefined;
  /**
   * Pause between polls, in milliseconds.
   *
   * @default {5000}
   */
  readonly intervalMs?: number | undefined;
  /** Request headers, sent to the API's own origin only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What `linode.event` takes. */
export interface EventOptions extends LinodeCommonOptions {
  /** The event's action, e.g. `"linode_boot"`. */
  readonly action: string;
  /** Which entity. Not known beforehand when the trigger creates it. */
  readonly entityId?: EntityId | undefined;
  /** The request that triggers the event, sent by us; without it the caller does so while the operation is `armed`. */
  readonly trigger?: Call | undefined;
  /**
   * Which field of the trigger's reply holds the entity's id, where `entityId` is not given.
   *
   * @default {"id"}
   */
  readonly entityIdFrom?: string | undefined;
  /**
   * Whether to wait for the event's end, or for its appearance only.
   *
   * @default {"finished"}
   */
  readonly until?: "finished" | "appears" | undefined;
}

/** What `linode.entityFree` takes. */
export interface EntityFreeOptions extends LinodeCommonOptions {
  /** Which entity. */
  readonly entityId: EntityId;
}

/** The input of `linode.event`, complete. */
export type EventInput =
  & EventOptions
  & Given<EventOptions, "baseUrl" | "intervalMs" | "entityIdFrom" | "until">;

/** The input of `linode.entityFree`, complete. */
export type EntityFreeInput =
  & EntityFreeOptions
  & Given<EntityFreeOptions, "baseUrl" | "intervalMs">;

const COMMON = ["entityType", "entityId", "baseUrl", "intervalMs", "headers"];

/**
 * Checks the input of `linode.event`.
 *
 * @throws {TypeError} Naming the field.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkEventInput(value: unknown): EventInput {
  const doing = "make linode.event";
  const known = [...COMMON, "action", "trigger", "entityIdFrom", "until"];
  const input = checkRecord(value, doing, "input", known);
  const { entityId, trigger, until = "finished", entityIdFrom = "id" } = input;
  if (until !== "finished" && until !== "appears") {
    return refuse(doing, "until", '"finished" or "appears"', until);
  }
  return {
    ...checkCommon(input, doing),
    action: checkText(input["action"], doing, "action"),
    ...(entityId !== undefined && { entityId: checkEntityId(entityId, doing) }),
    ...(trigger !== undefined && { trigger: checkCall(trigger, doing, "trigger") }),
    entityIdFrom: checkText(entityIdFrom, doing, "entityIdFrom"),
    until,
  };
}

/**
 * Checks the input of `linode.entityFree`.
 *
 * @throws {TypeError} Naming the field.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkEntityFreeInput(value: unknown): EntityFreeInput {
  const doing = "make linode.entityFree";
  const input = checkRecord(value, doing, "input", COMMON);
  return { ...checkCommon(input, doing), entityId: checkEntityId(input["entityId"], doing) };
}

/**
 * The id of an entity.
 *
 * @throws {TypeError} If it is none.
 */
export function checkEntityId(value: unknown, doing: string): EntityId {
  if (Number.isSafeInteger(value)) return value as number;
  return typeof value === "string" && value !== ""
    ? value
    : refuse(doing, "entityId", "a whole number or a text", value);
}

function checkCommon(
  input: Readonly<Record<string, unknown>>,
  doing: string,
): LinodeCommonOptions & { readonly baseUrl: string; readonly intervalMs: number } {
  const { baseUrl = "https://api.linode.com/v4", intervalMs = 5_000, headers } = input;
  const interval = checkMs(intervalMs, doing, "intervalMs");
  if (interval === 0) throw new RangeError(`Cannot ${doing}: intervalMs must be more than 0`);
  return {
    entityType: checkText(input["entityType"], doing, "entityType"),
    baseUrl: checkBaseUrl(baseUrl, doing),
    intervalMs: interval,
    ...(headers !== undefined && { headers: checkHeaders(headers, doing) }),
  };
}
