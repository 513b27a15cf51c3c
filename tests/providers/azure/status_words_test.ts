import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { azure } from "@lro/machines";
import type { AzureOptions, StatusWords } from "@lro/machines/azure";
import { accepted, errorOf, monitored, ok, play, RESOURCE, resource, RUNNING } from "./_play.ts";

const method = "POST";

for (const status of ["Completed", "partiallySucceeded", "PartiallyCompleted", "COMPLETED"]) {
  Deno.test(`${status} ends well, and the value keeps the word`, async () => {
    const body = { status, tasks: { completed: 1, failed: 1 } };
    assertEquals((await play({ method }, [monitored(), RUNNING, ok(body)])).end, body);
  });
}

for (const status of ["ValidationFailed", "validationfailed", "rejected"]) {
  Deno.test(`${status} ends badly`, async () => {
    const body = { status, error: { code: "InvalidRequest", message: "no such target" } };
    const { code, providerCode } = errorOf(await play({ method }, [monitored(), ok(body)]));
    assertEquals([code, providerCode], ["operation-failed", "InvalidRequest"]);
  });
}

Deno.test("a success in part is told by the monitor, whatever else could be asked", async () => {
  const body = { status: "PartiallySucceeded", errors: [{ code: "InvalidRequest" }] };
  const location = { location: "/results/1" };
  for (const method of ["PUT", "PATCH", "POST", "DELETE"]) {
    const played = await play({ method }, [monitored(location), ok(body)]);
    assertEquals([played.end, played.asked.length], [body, 2]);
  }
  const state = { ...ok(body), headers: { location: "/results/2" } };
  assertEquals((await play({ method }, [accepted(location), state])).end, body);
});

Deno.test("the words count in a provisioningState as well", async () => {
  const ends = [["Completed", resource("Completed")], ["ValidationFailed", "operation-failed"]];
  for (const [word, end] of ends) {
    assertEquals((await play({}, [{ status: 201 }, ok(resource(word as string))])).end, end);
  }
});

Deno.test("statusWords adds words, in any case", async () => {
  const statusWords = {
    succeeded: ["Ready"],
    failed: ["Broken"],
    canceled: ["Withdrawn"],
    running: ["Baking"],
  };
  const ends = [
    ["READY", { status: "READY" }],
    ["broken", "operation-failed"],
    ["withdrawn", "operation-canceled"],
  ] as const;
  for (const [status, end] of ends) {
    const replies = [monitored(), ok({ status: "Baking" }), ok({ status })];
    assertEquals((await play({ method, statusWords }, replies)).end, end);
  }
  const atLocation = await play({ method, statusWords }, [
    accepted({ location: "/l" }),
    ok({ status: "baking" }),
    ok({ status: "Broken" }),
  ]);
  assertEquals([atLocation.end, atLocation.asked.length], ["operation-failed", 3]);
  const resourceOf = (word: string) => ok(resource(word));
  const body = await play({ statusWords }, [{ status: 201 }, resourceOf("Ready")]);
  assertEquals(body.end, resource("Ready"));
});

Deno.test("statusWords moves words that are known anyway", async () => {
  const statusWords = { running: ["Completed"], failed: ["PartiallySucceeded"] };
  const { end, asked } = await play({ method, statusWords }, [
    monitored(),
    ok({ status: "Completed" }),
    ok({ status: "PartiallySucceeded" }),
  ]);
  assertEquals([end, asked.length], ["operation-failed", 3]);
});

Deno.test("a word that is not known goes on, for it may be a step of the service's own", async () => {
  const { end, times } = await play({ method }, [
    monitored(),
    ok({ status: "Warming up" }),
    ok({ status: "Succeeded" }),
  ]);
  assertEquals([end, times.length], [{ status: "Succeeded" }, 3]);
});

Deno.test("statusWords is kept in lower case, as plain data", () => {
  const request = { method, url: RESOURCE };
  const { input } = azure.operation({ request, statusWords: { succeeded: ["Ready", "Done"] } });
  assertEquals((input as AzureOptions).statusWords, { succeeded: ["ready", "done"] });
});

const misuses: [unknown, string][] = [
  [["Ready"], "statusWords must be an object"],
  [{ done: ["Ready"] }, "unknown field statusWords.done, expected succeeded, failed"],
  [{ succeeded: "Ready" }, "statusWords.succeeded must be a list of words"],
  [{ failed: [7] }, "statusWords.failed must be a text"],
  [{ canceled: [""] }, "statusWords.canceled must be a text"],
  [
    { succeeded: ["Ready"], running: ["READY"] },
    '"ready" is in both statusWords.succeeded and statusWords.running',
  ],
  [
    { canceled: ["x", "Stopped"], failed: ["stopped"] },
    '"stopped" is in both statusWords.failed and statusWords.canceled',
  ],
];
for (const [statusWords, text] of misuses) {
  Deno.test(`statusWords ${JSON.stringify(statusWords)} is refused at the call`, () => {
    const request = { method, url: RESOURCE };
    const options = { request, statusWords: statusWords as StatusWords };
    const { message } = assertThrows(() => azure.operation(options), TypeError);
    assertStringIncludes(message, "Cannot make azure.operation: ");
    assertStringIncludes(message, text);
  });
}
