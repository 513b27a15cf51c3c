/** What the factories refuse, at the call. */
import { assertEquals, assertThrows } from "@std/assert";
import { linode } from "@lro/machines";

const event = { entityType: "linode", action: "linode_boot", entityId: 1 };
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
