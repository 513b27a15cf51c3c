/**
 * What Linode operations are made of, and the check of it.
 *
 * @module
 */
import type { EntityId } from "./entity_id.ts";
import {
  checkBaseUrl,
  checkCall,
  checkHeaders,
  checkMs,
  checkRecord,
  checkText,
  refuse,
} from "../../model/check_input.ts";
import type { Call, Given } from "../../model/message.ts";
import { checkAction, checkEntityId, checkEntityType } from "./words.ts";

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
  /**
   * Whether a `notification` is the end of an event. Databases notify first and
   * finish later, under the same id; most others that notify are over at once.
   *
   * @default {undefined} By the action: not for `database_*`, `linode_resize` and `linode_mutate`.
   */
  readonly notificationIsFinal?: boolean | undefined;
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
   * Which secondary entity, e.g. one disk of an instance: the events of disks,
   * configs, clones and images are about their source.
   */
  readonly secondaryEntityId?: EntityId | undefined;
  /** Which field of the trigger's reply holds the secondary entity's id, where `secondaryEntityId` is not given. */
  readonly secondaryEntityIdFrom?: string | undefined;
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

const COMMON = [
  "entityType",
  "entityId",
  "baseUrl",
  "intervalMs",
  "notificationIsFinal",
  "headers",
];
const OF_EVENT = [
  ...COMMON,
  "action",
  "trigger",
  "entityIdFrom",
  "secondaryEntityId",
  "secondaryEntityIdFrom",
  "until",
];

/**
 * Checks the input of `linode.event`.
 *
 * @throws {TypeError} Naming the field.
 * @throws {RangeError} If a number is out of bounds.
 */
export function checkEventInput(value: unknown): EventInput {
  const doing = "make linode.event";
  const input = checkRecord(value, doing, "input", OF_EVENT);
  const { entityId, trigger, until = "finished", entityIdFrom = "id" } = input;
  if (until !== "finished" && until !== "appears") {
    return refuse(doing, "until", '"finished" or "appears"', until);
  }
  const common = checkCommon(input, doing);
  const type = common.entityType;
  return {
    ...common,
    action: checkAction(checkText(input["action"], doing, "action"), type, doing),
    ...(entityId !== undefined && { entityId: checkEntityId(entityId, doing, { type }) }),
    ...(trigger !== undefined && { trigger: checkCall(trigger, doing, "trigger") }),
    entityIdFrom: checkText(entityIdFrom, doing, "entityIdFrom"),
    ...checkSecondary(input, doing),
    until,
  };
}

/** Which secondary entity: by its id, or by where the trigger's reply has it. */
function checkSecondary(
  { trigger, secondaryEntityId: id, secondaryEntityIdFrom: from }: Readonly<
    Record<string, unknown>
  >,
  doing: string,
): Pick<EventOptions, "secondaryEntityId" | "secondaryEntityIdFrom"> {
  if (id !== undefined && from !== undefined) {
    throw new TypeError(
      `Cannot ${doing}: secondaryEntityId and secondaryEntityIdFrom contradict each other, give one of them`,
    );
  }
  if (from !== undefined && trigger === undefined) {
    throw new TypeError(
      `Cannot ${doing}: secondaryEntityIdFrom is a field of the trigger's reply, and there is no trigger`,
    );
  }
  return {
    ...(id !== undefined && {
      secondaryEntityId: checkEntityId(id, doing, { field: "secondaryEntityId" }),
    }),
    ...(from !== undefined && {
      secondaryEntityIdFrom: checkText(from, doing, "secondaryEntityIdFrom"),
    }),
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
  const common = checkCommon(input, doing);
  const entityId = checkEntityId(input["entityId"], doing, { type: common.entityType });
  return { ...common, entityId };
}

function checkCommon(
  input: Readonly<Record<string, unknown>>,
  doing: string,
): LinodeCommonOptions & { readonly baseUrl: string; readonly intervalMs: number } {
  const { baseUrl = "https://api.linode.com/v4", intervalMs = 5_000, headers } = input;
  const { notificationIsFinal } = input;
  if (notificationIsFinal !== undefined && typeof notificationIsFinal !== "boolean") {
    return refuse(doing, "notificationIsFinal", "true or false", notificationIsFinal);
  }
  const interval = checkMs(intervalMs, doing, "intervalMs");
  if (interval === 0) throw new RangeError(`Cannot ${doing}: intervalMs must be more than 0`);
  return {
    entityType: checkEntityType(checkText(input["entityType"], doing, "entityType"), doing),
    ...(notificationIsFinal !== undefined && { notificationIsFinal }),
    baseUrl: checkBaseUrl(baseUrl, doing),
    intervalMs: interval,
    ...(headers !== undefined && { headers: checkHeaders(headers, doing) }),
  };
}
