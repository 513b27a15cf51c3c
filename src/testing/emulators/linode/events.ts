/**
 * The events inside the Linode emulator: what becomes of each, and when.
 *
 * @module
 */
import type { LinodeFilter } from "./filter.ts";

/** What an event is about. */
export interface LinodeEntity {
  /** Its type, e.g. `"linode"`. */
  readonly type: string;
  /** Its id. */
  readonly id: number | string;
}

/** What becomes of an event. */
export interface LinodeBehaviour {
  /**
   * How long it is `scheduled`, in milliseconds.
   *
   * @default {0}
   */
  readonly startsAfterMs?: number | undefined;
  /**
   * How long it is `started`, in milliseconds.
   *
   * @default {0}
   */
  readonly durationMs?: number | undefined;
  /**
   * What it shows until it ends, instead of `scheduled` and `started`: databases notify first.
   *
   * @default {"notification"} For `database_*`; `"progress"` for all others.
   */
  readonly meanwhile?: "notification" | "progress" | undefined;
  /**
   * How many events of the same entity and action come just before it, and end
   * at once: about other disks, configs or clones.
   *
   * @default {0}
   */
  readonly siblings?: number | undefined;
  /**
   * How it ends.
   *
   * @default {"finished"}
   */
  readonly end?: "finished" | "failed" | "notification" | undefined;
  /**
   * Its message once it has ended.
   *
   * @default {null}
   */
  readonly message?: string | null | undefined;
  /**
   * How long it takes until it can be seen, in milliseconds: it may then come after events with greater ids.
   *
   * @default {0}
   */
  readonly visibleAfterMs?: number | undefined;
  /**
   * How long it takes until it is forgotten, in milliseconds.
   *
   * @default {Infinity}
   */
  readonly forgottenAfterMs?: number | undefined;
}

/** An event to be added by hand. */
export interface LinodeEventInit extends LinodeBehaviour {
  /** What happens, e.g. `"linode_boot"`. */
  readonly action: string;
  /** With what. */
  readonly entity: LinodeEntity;
  /** With what else, e.g. one disk of the entity. */
  readonly secondary?: LinodeEntity | undefined;
  /**
   * How much earlier than now it was created, in milliseconds.
   *
   * @default {0}
   */
  readonly agoMs?: number | undefined;
}

/** An event as the API shows it. */
export interface LinodeEventState {
  /** Its id; later events have greater ones. */
  readonly id: number;
  /** What happens. */
  readonly action: string;
  /** When it was created: UTC, in whole seconds. */
  readonly created: string;
  /** With what. */
  readonly entity: LinodeEntity & { readonly label: string; readonly url: string };
  /** With what else, if anything. */
  readonly secondary_entity: LinodeEventState["entity"] | null;
  /** Where it stands. */
  readonly status: "scheduled" | "started" | "finished" | "failed" | "notification";
  /** How far it is, 0 to 100; none for a notification. */
  readonly percent_complete: number | null;
  /** How many seconds it will still take, while it is started. */
  readonly time_remaining: number | null;
  /** What there is to say, in the end. */
  readonly message: string | null;
  /** Who caused it. */
  readonly username: string;
  /** Always false. */
  readonly read: boolean;
  /** Always false. */
  readonly seen: boolean;
}

interface StoredEvent {
  readonly id: number;
  readonly createdAt: number;
  readonly init: LinodeEventInit;
}

/** All events of an account. */
export class LinodeEvents {
  readonly #firstId: number;
  readonly #all: StoredEvent[] = [];
  readonly #byEntity = new Map<unknown, StoredEvent[]>();

  /**
   * None yet.
   *
   * @param firstId The id of the first one.
   */
  constructor(firstId: number) {
    this.#firstId = firstId;
  }

  /** Adds one, after its siblings. Returns its id. */
  add({ siblings = 0, ...init }: LinodeEventInit, nowMs: number): number {
    for (let index = 1; index <= siblings; index++) {
      const { type, id } = init.secondary ?? init.entity;
      const { action, entity } = init;
      this.#add({ action, entity, secondary: { type, id: Number(id) - index } }, nowMs);
    }
    return this.#add(init, nowMs);
  }

  #add(init: LinodeEventInit, nowMs: number): number {
    const id = this.#firstId + this.#all.length;
    const event = { id, createdAt: nowMs - (init.agoMs ?? 0), init };
    this.#all.push(event);
    const ofEntity = this.#byEntity.get(init.entity.id);
    if (ofEntity) ofEntity.push(event);
    else this.#byEntity.set(init.entity.id, [event]);
    return id;
  }

  /** One event, where it can be seen. */
  find(id: number, nowMs: number): LinodeEventState | undefined {
    const event = this.#all[id - this.#firstId];
    return event && isVisible(event, nowMs) ? stateOf(event, nowMs) : undefined;
  }

  /** Those that can be seen and pass the filter, in its order. */
  list(filter: LinodeFilter, nowMs: number): LinodeEventState[] {
    const entityId = filter.exact("entity.id");
    const after = filter.above("id");
    const candidates = entityId !== undefined
      ? this.#byEntity.get(entityId) ?? []
      : after === undefined
      ? this.#all
      : this.#all.slice(Math.max(0, after + 1 - this.#firstId));
    return candidates
      .filter((event) => isVisible(event, nowMs))
      .map((event) => stateOf(event, nowMs))
      .filter((event) => filter.matches(event as never))
      .sort((a, b) => filter.compare(a as never, b as never));
  }

  /** Whether an entity has an event that has not ended. */
  isBusy({ type, id }: LinodeEntity, nowMs: number): boolean {
    return (this.#byEntity.get(id) ?? []).some((event) => {
      const { status } = stateOf(event, nowMs);
      return event.init.entity.type === type && (status === "scheduled" || status === "started");
    });
  }
}

function isVisible({ createdAt, init }: StoredEvent, nowMs: number): boolean {
  const { agoMs = 0, visibleAfterMs = 0, forgottenAfterMs = Infinity } = init;
  const addedAt = createdAt + agoMs;
  return nowMs >= addedAt + visibleAfterMs && nowMs < addedAt + forgottenAfterMs;
}

function stateOf({ id, createdAt, init }: StoredEvent, nowMs: number): LinodeEventState {
  const { action, entity, secondary, startsAfterMs = 0, durationMs = 0, end = "finished" } = init;
  const { meanwhile = action.startsWith("database_") ? "notification" : "progress" } = init;
  const elapsedMs = nowMs - createdAt - startsAfterMs;
  const isOver = elapsedMs >= durationMs;
  const isNotified = meanwhile === "notification";
  const status = isOver
    ? end
    : isNotified
    ? "notification"
    : elapsedMs < 0
    ? "scheduled"
    : "started";
  const share = durationMs === 0 ? 1 : Math.min(1, Math.max(0, elapsedMs / durationMs));
  return {
    id,
    action,
    created: new Date(createdAt).toISOString().slice(0, 19),
    entity: shown(entity),
    secondary_entity: secondary ? shown(secondary) : null,
    status,
    percent_complete: status === "notification" ? null : Math.floor(share * 100),
    time_remaining: status === "started" ? Math.ceil((durationMs - elapsedMs) / 1_000) : null,
    message: isOver ? init.message ?? null : null,
    username: "emulated",
    read: false,
    seen: false,
  };
}

function shown(entity: LinodeEntity): LinodeEventState["entity"] {
  const { type, id } = entity;
  return { ...entity, label: `${type}-${id}`, url: `/v4/${type}/${id}` };
}
