/**
 * Linode's part of the demo.
 *
 * @module
 */
import type { Operation } from "../../model/message.ts";
import { entityFree, event } from "../../providers/linode/mod.ts";
import { createLinodeEmulator, type LinodeBehaviour } from "../../testing/mod.ts";
import type { DemoProvider, DemoScenario } from "./scenario.ts";

/** What becomes of each action. */
const BEHAVIOURS: Readonly<Record<string, LinodeBehaviour>> = {
  linode_boot: { startsAfterMs: 800, durationMs: 4_000 },
  linode_create: { durationMs: 5_000 },
  linode_resize: { durationMs: 3_500 },
  database_create: { durationMs: 4_500 },
  disk_create: { durationMs: 2_500, siblings: 1 },
  linode_reboot: { durationMs: 2_000 },
  linode_migrate: { durationMs: 3_000, end: "failed", message: "There is no host left." },
};

const instances = [1, 2, 3, 4];
/** With which something goes on from the beginning. */
const BUSY = 2;

/** Linode's part of the demo. */
export const linodeDemo: DemoProvider = {
  title: "Linode",
  createHandler(clock) {
    const plan = ({ action }: { readonly action: string }): LinodeBehaviour =>
      BEHAVIOURS[action] ?? {};
    const emulator = createLinodeEmulator({ clock, plan, instances });
    emulator.addEvent({
      ...BEHAVIOURS["linode_resize"],
      action: "linode_resize",
      entity: { type: "linode", id: BUSY },
    });
    return emulator.handle;
  },
  scenarios(url): DemoScenario[] {
    const baseUrl = `${url}/v4`;
    const common = { entityType: "linode", baseUrl, intervalMs: 700 };
    const act = (name: string, id: number): Operation =>
      event({
        ...common,
        entityId: id,
        action: `linode_${name}`,
        trigger: { method: "POST", url: `${baseUrl}/linode/instances/${id}/${name}` },
      });
    return [
      {
        name: "boot, one feed",
        operation: act("boot", 1),
        expected: "succeeded",
      },
      {
        name: "create, same feed",
        operation: event({
          ...common,
          action: "linode_create",
          trigger: { method: "POST", url: `${baseUrl}/linode/instances` },
        }),
        expected: "succeeded",
      },
      {
        name: "busy, then reboots",
        operation: act("reboot", BUSY),
        expected: "succeeded",
      },
      {
        name: "one disk of several",
        operation: event({
          ...common,
          entityId: 4,
          action: "disk_create",
          secondaryEntityIdFrom: "id",
          trigger: { method: "POST", url: `${baseUrl}/linode/instances/4/disks` },
        }),
        expected: "succeeded",
      },
      {
        name: "database notifies first",
        operation: event({
          ...common,
          entityType: "database",
          action: "database_create",
          trigger: { method: "POST", url: `${baseUrl}/databases/mysql/instances` },
        }),
        expected: "succeeded",
      },
      {
        name: "no host left",
        operation: act("migrate", 3),
        expected: "failed",
        expectedCode: "operation-failed",
      },
      {
        name: "until it is free",
        operation: entityFree({ ...common, entityId: BUSY }),
        expected: "succeeded",
      },
    ];
  },
};
