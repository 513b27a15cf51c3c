/**
 * The words that Linode documents: types of entities and actions of events, and
 * which of those actions are over at once.
 *
 * Both sets are open, "new actions may be added in the future" (linodego,
 * `account_events.go`). So a word that nobody knows is sent as it is; one that
 * is a typing error away from a known word is refused.
 *
 * Sources: linodego, `EventAction`, `EntityType`, and `WaitForEventFinished`
 * for the types whose ids are numbers; Linode's Cloud Manager,
 * `features/Events/factories`, for the statuses that each action has.
 *
 * @module
 */
import { refuse } from "../../model/check_input.ts";
import type { EntityId } from "./entity_id.ts";

/** Types of entities. */
const ENTITY_TYPES = wordsOf(
  "account backups community database disk domain entity_transfer firewall image ipaddress linode " +
    "lke_cluster longview managed_service nodebalancer oauth_client placement_group profile " +
    "stackscript subnet tag ticket token user user_ssh_key volume vpc",
);

/** Types whose ids are numbers: a text with anything but digits in it names none. */
const NUMBERED = wordsOf("database disk domain linode nodebalancer volume");

/** Actions, by what they begin with. */
const ACTIONS: ReadonlySet<string> = new Set(
  Object.entries({
    account: "settings_update update",
    backups: "cancel enable restore",
    community: "like mention question_reply",
    credit_card: "updated",
    database: "backup_create backup_delete backup_restore create create_failed credentials_reset " +
      "degraded delete failed low_disk_space migrate pg_connection_pool_create " +
      "pg_connection_pool_delete pg_connection_pool_update resize resize_create scale update " +
      "update_failed upgrade",
    disk: "create delete duplicate imagize resize update",
    dns: "record_create record_delete record_update zone_create zone_delete zone_import " +
      "zone_update",
    domain: "create delete import record_create record_delete record_update record_updated update",
    entity: "transfer_accept transfer_cancel transfer_create transfer_fail transfer_stale",
    firewall: "create delete device_add device_remove disable enable update",
    host: "reboot",
    image: "delete update upload",
    ipaddress: "update",
    lassie: "reboot",
    linode: "addip boot clone config_create config_delete config_update create delete deleteip " +
      "migrate migrate_datacenter migrate_datacenter_create mutate mutate_create reboot rebuild " +
      "resize resize_create resize_warm_create shutdown snapshot update",
    lish: "boot",
    lke: "cluster_create cluster_delete cluster_update control_plane_acl_create " +
      "control_plane_acl_delete control_plane_acl_update node_create node_recycle pool_create " +
      "pool_delete pool_recycle",
    longviewclient: "create delete update",
    managed: "disabled enabled service_create service_delete",
    nodebalancer: "config_create config_delete config_update create delete " +
      "firewall_modification_failed firewall_modification_success node_create node_delete " +
      "node_update update",
    oauth_client: "create delete secret_reset update",
    obj: "access_key_create access_key_delete access_key_update",
    password: "reset",
    payment: "method_add submitted",
    placement_group: "assign became_compliant became_non_compliant create delete unassign update",
    profile: "update",
    stackscript: "create delete publicize revise update",
    subnet: "create delete update",
    tag: "create delete",
    tax_id: "invalid",
    tfa: "disabled enabled",
    ticket: "attachment_upload create update",
    token: "create delete update",
    user: "create delete ssh_key_add ssh_key_delete ssh_key_update update",
    vlan: "attach detach",
    volume: "attach clone create delete detach migrate migrate_scheduled resize update",
    vpc: "create delete update",
  }).flatMap(([prefix, rest]) => rest.split(" ").map((word) => `${prefix}_${word}`)),
);

/**
 * Whether a `notification` of an action is its end. Most actions that notify
 * are over at once. These are not:
 *
 * - `database_*`: the recorded events of databases are notifications for 11 to
 *   29 minutes and then `finished`, under the same id (linodego#271)
 * - `linode_resize`, `linode_mutate`: Cloud Manager reads their notification as
 *   "is being resized", "is being upgraded"
 *
 * News of a database's condition, and what Cloud Manager knows as a
 * notification only (credentials, connection pools), have nothing to finish.
 *
 * @param said What the caller says of it, who may know better.
 */
export function isNotificationFinal(action: string, said?: boolean): boolean {
  return said ?? !(LASTING.test(action) && !NEWS.test(action));
}

const LASTING = /^(?:database_.*|linode_resize|linode_mutate)$/;
const NEWS =
  /^database_(?:.*_failed|failed|degraded|low_disk_space|credentials_reset|resize_create|pg_connection_pool_.*)$/;

/**
 * Refuses an entity's type that is a typing error.
 *
 * @throws {TypeError} With the word that was meant.
 */
export function checkEntityType(type: string, doing: string): string {
  return checkWord(type, { known: ENTITY_TYPES, doing, field: "entityType" });
}

/**
 * Refuses an action that is a typing error, or lacks its entity's type: `boot`.
 *
 * @throws {TypeError} With the word that was meant.
 */
export function checkAction(action: string, entityType: string, doing: string): string {
  if (!ACTIONS.has(action) && ACTIONS.has(`${entityType}_${action}`)) {
    return refuseWord(action, `${entityType}_${action}`, { doing, field: "action" });
  }
  return checkWord(action, { known: ACTIONS, doing, field: "action" });
}

/**
 * The id of an entity. The API's filters tell 1 from `"1"`, so digits are made
 * a number where ids are numbers.
 *
 * @param type The entity's type; any id will do for one that is not known.
 * @throws {TypeError} If it is none.
 */
export function checkEntityId(
  value: unknown,
  doing: string,
  { type, field = "entityId" }: { readonly type?: string; readonly field?: string } = {},
): EntityId {
  const id = readEntityId(value, type);
  if (id !== undefined) return id;
  const isNumbered = type !== undefined && NUMBERED.has(type);
  const expected = isNumbered
    ? `a whole number or a text of digits, as each ${type} has one`
    : "a whole number or a text";
  return refuse(doing, field, expected, value);
}

/** The same; `undefined` where it is none. */
export function readEntityId(value: unknown, type?: string): EntityId | undefined {
  if (Number.isSafeInteger(value)) return value as number;
  if (typeof value !== "string" || value === "") return undefined;
  if (type === undefined || !NUMBERED.has(type)) return value;
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

interface WordCheck {
  readonly known: ReadonlySet<string>;
  readonly doing: string;
  readonly field: string;
}

function checkWord(word: string, { known, ...where }: WordCheck): string {
  if (known.has(word)) return word;
  for (const candidate of known) {
    if (isOneErrorAway(word.toLowerCase(), candidate)) return refuseWord(word, candidate, where);
  }
  return word;
}

function refuseWord(
  word: string,
  meant: string,
  { doing, field }: Omit<WordCheck, "known">,
): never {
  throw new TypeError(
    `Cannot ${doing}: ${field} ${JSON.stringify(word)} is none that Linode has, ` +
      `did you mean ${JSON.stringify(meant)}?`,
  );
}

/** Whether one letter is wrong, missing or too much, or two are exchanged. */
function isOneErrorAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const rest = (text: string, skip: number): string => text.slice(start + skip);
  if (a.length > b.length) return rest(a, 1) === rest(b, 0);
  if (a.length < b.length) return rest(a, 0) === rest(b, 1);
  return rest(a, 1) === rest(b, 1) ||
    (a[start] === b[start + 1] && a[start + 1] === b[start] && rest(a, 2) === rest(b, 2));
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}
