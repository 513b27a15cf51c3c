/** What the factories refuse, at the call. */
import { assertEquals, assertThrows } from "@std/assert";
import { linode } from "@lro/machines";
import {
  type EntityFreeInput,
  entityFreeKind,
  type EventInput,
  eventKind,
} from "@lro/machines/linode";

const event = { entityType: "linode", action: "linode_boot", entityId: 1 };
const pull = { method: "POST", url: "https://api.linode.com/v4/linode/instances/1/boot" };
const free = { entityType: "linode", entityId: 1 };

const wrong: [
  make: (input: never) => unknown,
  input: object,
  type: ErrorConstructor,
  text: string,
][] = [
  [linode.event, { ...event, entityType: "" }, TypeError, "entityType must be a text"],
  [linode.event, { ...event, entityType: undefined }, TypeError, "entityType must be a text"],
  [linode.event, { ...event, action: 7 }, TypeError, "action must be a text"],
  [
    linode.event,
    { ...event, entityId: 1.5 },
    TypeError,
    "entityId must be a whole number or a text",
  ],
  [linode.event, { ...event, entityId: "" }, TypeError, "entityId must be"],
  [linode.event, { ...event, entityId: null }, TypeError, "entityId must be"],
  [linode.event, { ...event, until: "done" }, TypeError, 'until must be "finished" or "appears"'],
  [linode.event, { ...event, baseUrl: "api.linode.com" }, TypeError, "baseUrl must be an absolute"],
  [linode.event, { ...event, baseUrl: "https://me:x@a.b" }, TypeError, "must not hold credentials"],
  [linode.event, { ...event, intervalMs: 0 }, RangeError, "intervalMs must be more than 0"],
  [linode.event, { ...event, intervalMs: -1 }, RangeError, "intervalMs must be 0 or more"],
  [linode.event, { ...event, intervalMs: "5s" }, TypeError, "intervalMs must be milliseconds"],
  [linode.event, { ...event, headers: { "a b": "c" } }, TypeError, "headers by name"],
  [linode.event, { ...event, trigger: "POST /x" }, TypeError, "trigger must be an object"],
  [linode.event, { ...event, trigger: { method: "POST" } }, TypeError, "trigger.url must be"],
  [linode.event, { ...event, entityIdFrom: "" }, TypeError, "entityIdFrom must be a text"],
  [
    linode.event,
    { ...event, secondaryEntityId: 2, secondaryEntityIdFrom: "id" },
    TypeError,
    "secondaryEntityId and secondaryEntityIdFrom contradict each other",
  ],
  [linode.event, { ...event, secondaryEntityIdFrom: "id" }, TypeError, "there is no trigger"],
  [linode.event, { ...event, secondaryEntityId: {} }, TypeError, "secondaryEntityId must be"],
  [linode.event, { ...event, secondaryEntityId: "" }, TypeError, "secondaryEntityId must be"],
  [
    linode.event,
    { ...event, trigger: pull, secondaryEntityIdFrom: "" },
    TypeError,
    "secondaryEntityIdFrom must be a text",
  ],
  [
    linode.event,
    { ...event, notificationIsFinal: "no" },
    TypeError,
    "notificationIsFinal must be true or false",
  ],
  [linode.event, { ...event, entityId: "abc" }, TypeError, "a text of digits, as each linode has"],
  [linode.event, { ...event, entityId: "1e3" }, TypeError, "entityId must be a whole number"],
  [
    linode.event,
    { ...event, entityType: "volume", action: "volume_attach", entityId: "vol-1" },
    TypeError,
    "as each volume has one",
  ],
  [linode.event, { ...event, entityType: "lindoe" }, TypeError, 'did you mean "linode"?'],
  [linode.event, { ...event, entityType: "Linode" }, TypeError, 'did you mean "linode"?'],
  [linode.event, { ...event, entityType: "volumes" }, TypeError, 'did you mean "volume"?'],
  [linode.event, { ...event, action: "linode_bot" }, TypeError, 'did you mean "linode_boot"?'],
  [linode.event, { ...event, action: "linode_obot" }, TypeError, 'did you mean "linode_boot"?'],
  [linode.event, { ...event, action: "linode-boot" }, TypeError, 'did you mean "linode_boot"?'],
  [linode.event, { ...event, action: "boot" }, TypeError, 'did you mean "linode_boot"?'],
  [linode.entityFree, { ...free, entityId: "abc" }, TypeError, "entityId must be a whole number"],
  [linode.entityFree, { ...free, entityType: "databse" }, TypeError, 'did you mean "database"?'],
  [linode.entityFree, { ...free, notificationIsFinal: 1 }, TypeError, "notificationIsFinal must"],
  [
    linode.entityFree,
    { ...free, secondaryEntityId: 2 },
    TypeError,
    "unknown field input.secondaryEntityId",
  ],
  [linode.event, { ...event, interval: 1 }, TypeError, "unknown field input.interval"],
  [linode.entityFree, { ...free, entityId: undefined }, TypeError, "entityId must be"],
  [linode.entityFree, { ...free, action: "linode_boot" }, TypeError, "unknown field input.action"],
  [linode.entityFree, { ...free, intervalMs: Infinity }, RangeError, "intervalMs must be"],
];

for (const [make, input, type, text] of wrong) {
  Deno.test(`linode refuses ${JSON.stringify(input)}: ${text}`, () => {
    assertThrows(() => make(input as never), type as never, text);
  });
}

Deno.test("the defaults are those of the reference", () => {
  assertEquals<unknown>(linode.event(event).input, {
    ...event,
    baseUrl: "https://api.linode.com/v4",
    intervalMs: 5_000,
    entityIdFrom: "id",
    until: "finished",
  });
  assertEquals<unknown>(linode.entityFree(free).input, {
    ...free,
    baseUrl: "https://api.linode.com/v4",
    intervalMs: 5_000,
  });
});

for (
  const input of [
    { entityType: "firewall", action: "firewall_update", entityId: "front-door" },
    { entityType: "image", action: "image_upload", entityId: "private/123" },
    { entityType: "balloon", action: "balloon_inflate", entityId: "red" },
    { entityType: "linode", action: "linode_teleport", entityId: 1 },
  ]
) {
  Deno.test(`linode takes ${JSON.stringify(input)}: Linode adds words, and some ids are texts`, () => {
    const { entityType, action, entityId } = linode.event(input).input as typeof input;
    assertEquals({ entityType, action, entityId }, input);
  });
}

Deno.test("digits are a number where ids are numbers, for the API's filters tell them apart", () => {
  for (const make of [linode.entityFree, linode.event] as const) {
    const input = { entityType: "linode", entityId: "00123", action: "linode_boot" };
    const { action: _, ...free } = input;
    const operation = make === linode.event ? linode.event(input) : linode.entityFree(free);
    assertEquals((operation.input as { entityId: unknown }).entityId, 123);
  }
});

Deno.test("a question is answered by the API's own origin only", () => {
  const elsewhere = "https://login.example";
  const input = linode.event(event).input as EventInput;
  assertEquals(eventKind.protocol.allowsOrigin?.(elsewhere, input), false);
  const free = linode.entityFree({ entityType: "linode", entityId: 1 }).input as EntityFreeInput;
  assertEquals(entityFreeKind.protocol.allowsOrigin?.(elsewhere, free), false);
});
