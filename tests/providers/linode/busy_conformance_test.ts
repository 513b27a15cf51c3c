/**
 * The claims of every kind, for a trigger that is sent more than once. It is no
 * row beside the others: those who count requests take a second one for a second start.
 */
import { conformanceClaims } from "@lro/machines/testing";
import { eventOf, listOf, one, refusal, triggered } from "./_play.ts";

const busy = refusal(400, "Linode busy.");
const row = {
  operation: () => triggered(),
  replies: [
    listOf(),
    busy,
    busy,
    { status: 200, json: {} },
    listOf(eventOf(7, "scheduled")),
    one(7, "finished"),
  ],
  value: eventOf(7, "finished"),
  failingReplies: [
    listOf(),
    busy,
    { status: 200, json: {} },
    listOf(eventOf(7, "started")),
    one(7, "failed"),
  ],
  unrepeatable: [1, 2, 3],
  start: 3, // those before it were certainly not processed
};

for (const { name, run } of conformanceClaims<unknown>(row)) {
  Deno.test(`linode.event whose trigger finds its Linode busy: ${name}`, run);
}
