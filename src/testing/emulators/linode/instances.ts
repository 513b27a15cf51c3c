/**
 * The instances, disks and databases inside the Linode emulator, and what is
 * done with them: all of it causes events.
 *
 * @module
 */
import type { Clock } from "../../../services.ts";
import type { LinodeBehaviour, LinodeEvents } from "./events.ts";

/** What is about to cause an event. */
export interface LinodeCause {
  /** The event's action, e.g. `"linode_boot"`. */
  readonly action: string;
  /** The instance's id; with `database_create`, the database's. */
  readonly instanceId: number;
  /** The id of the disk or the clone that it is about. */
  readonly secondaryId?: number;
}

/** What instances are made with. */
export interface LinodeInstancesInit {
  /** The clock. */
  readonly clock: Clock;
  /** What becomes of the events. */
  readonly plan: LinodeBehaviour | ((cause: LinodeCause, index: number) => LinodeBehaviour);
  /** Ids of those that are there. */
  readonly instances?: Iterable<number> | undefined;
  /** Ids of the disks that are there, by instance. */
  readonly disks?: Readonly<Record<number, Iterable<number>>> | undefined;
  /** How many requests are answered "Linode busy." before one is taken. */
  readonly busyAnswers?: number | undefined;
  /** Whether one with which something goes on refuses everything else. */
  readonly isExclusive?: boolean | undefined;
}

/** What can be done with an instance. */
const ACTIONS = ["boot", "reboot", "shutdown", "rebuild", "resize", "migrate", "clone"];

/** Disks that are made have ids from here. */
const FIRST_DISK = 1_001;

/** The instances, disks and databases of an account. */
export class LinodeInstances {
  readonly #init: LinodeInstancesInit;
  readonly #events: LinodeEvents;
  readonly #ids: Set<number>;
  readonly #disks: Map<number, Set<number>>;
  #busyAnswers: number;
  #caused = 0;
  #nextDisk = FIRST_DISK;
  #nextDatabase = 1;

  /** Those that are there from the beginning. */
  constructor(init: LinodeInstancesInit, events: LinodeEvents) {
    this.#init = init;
    this.#events = events;
    this.#ids = new Set(init.instances);
    this.#disks = new Map(
      Object.entries(init.disks ?? {}).map(([id, own]) => [Number(id), new Set(own)]),
    );
    this.#busyAnswers = init.busyAnswers ?? 0;
  }

  /** One instance, where it is there. */
  find(id: number): object | undefined {
    return this.#ids.has(id) ? instanceOf(id) : undefined;
  }

  /** Makes an instance. */
  create(): Response {
    const id = this.#add();
    this.#cause({ action: "linode_create", instanceId: id });
    return Response.json(instanceOf(id));
  }

  /** Does something with an instance. */
  act(id: number, action: string): Response {
    if (!this.#ids.has(id) || !ACTIONS.includes(action)) return notFound();
    if (this.#isBusy(id)) return busy();
    if (action !== "clone") {
      this.#cause({ action: `linode_${action}`, instanceId: id });
      return Response.json({});
    }
    const clone = this.#add();
    this.#cause({ action: "linode_clone", instanceId: id, secondaryId: clone }, "linode");
    return Response.json(instanceOf(clone));
  }

  /** Makes a disk. */
  createDisk(instanceId: number): Response {
    if (!this.#ids.has(instanceId)) return notFound();
    if (this.#isBusy(instanceId)) return busy();
    const id = this.#nextDisk++;
    const own = this.#disks.get(instanceId);
    if (own) own.add(id);
    else this.#disks.set(instanceId, new Set([id]));
    this.#cause({ action: "disk_create", instanceId, secondaryId: id }, "disk");
    return Response.json({ id, status: "not ready" });
  }

  /** Deletes a disk. */
  deleteDisk(instanceId: number, id: number): Response {
    const own = this.#disks.get(instanceId);
    if (!this.#ids.has(instanceId) || !own?.has(id)) return notFound();
    if (this.#isBusy(instanceId)) return busy();
    own.delete(id);
    this.#cause({ action: "disk_delete", instanceId, secondaryId: id }, "disk");
    return Response.json({});
  }

  /** Makes a database. */
  createDatabase(): Response {
    const id = this.#nextDatabase++;
    this.#cause({ action: "database_create", instanceId: id });
    return Response.json({ id, status: "provisioning" });
  }

  #add(): number {
    let id = this.#ids.size + 1;
    while (this.#ids.has(id)) id++;
    this.#ids.add(id);
    return id;
  }

  #isBusy(id: number): boolean {
    if (this.#busyAnswers > 0) {
      this.#busyAnswers--;
      return true;
    }
    const { isExclusive = true, clock } = this.#init;
    return isExclusive && this.#events.isBusy({ type: "linode", id }, clock.now());
  }

  #cause(cause: LinodeCause, secondaryType?: string): void {
    const { action, instanceId: id, secondaryId } = cause;
    const { plan, clock } = this.#init;
    const behaviour = typeof plan === "function" ? plan(cause, this.#caused++) : plan;
    this.#events.add({
      ...behaviour,
      action,
      entity: { type: action.startsWith("database_") ? "database" : "linode", id },
      ...(secondaryType !== undefined && secondaryId !== undefined && {
        secondary: { type: secondaryType, id: secondaryId },
      }),
    }, clock.now());
  }
}

/** A refusal, as the API writes it. */
export function refuse(
  status: number,
  error: { readonly reason: string; readonly field?: string },
): Response {
  return Response.json({ errors: [error] }, { status });
}

function notFound(): Response {
  return refuse(404, { reason: "Not found" });
}

function busy(): Response {
  return refuse(400, { reason: "Linode busy." });
}

function instanceOf(id: number): { readonly id: number; readonly label: string } {
  return { id, label: `linode-${id}` };
}
