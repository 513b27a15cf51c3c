import { assertEquals } from "@std/assert";
import { createLifecycle, listKinds, requesting, waiting } from "@lro/machines";
import { drawMermaid } from "../../src/drawing/mermaid.ts";

Deno.test("drawMermaid() draws states within states, and every arrow with its events", () => {
  const machine = createLifecycle({
    id: "a.b",
    initial: {
      initial: "sending",
      states: {
        sending: {
          ...requesting("send"),
          on: { accepted: "#polling", ready: "#polling.group.reading", over: "#succeeded" },
        },
      },
    },
    polling: {
      initial: "group",
      states: {
        group: {
          initial: "waiting",
          on: { restart: { target: "group", reenter: true } },
          states: {
            waiting: { ...waiting(), on: { due: "reading", news: "reading" } },
            reading: { ...requesting("read"), on: { pending: "waiting", done: "#succeeded" } },
          },
        },
      },
    },
  });
  assertEquals(
    drawMermaid(machine),
    `stateDiagram-v2
  state "a.b" as machine {
    [*] --> initial
    state initial {
      [*] --> initial_sending
      state "sending" as initial_sending
    }
    state polling {
      [*] --> polling_group
      state "group" as polling_group {
        [*] --> polling_group_waiting
        state "waiting" as polling_group_waiting
        state "reading" as polling_group_reading
        polling_group_waiting --> polling_group_reading : due, news
        polling_group_reading --> polling_group_waiting : pending
      }
      polling_group --> polling_group : restart
    }
  }
  state succeeded
  state failed
  state canceled
  state timedOut
  state expired
  initial_sending --> polling : accepted
  initial_sending --> polling_group_reading : ready
  initial_sending --> succeeded : over
  polling_group_reading --> succeeded : done
  machine --> failed : failed
  machine --> canceled : canceled, cancel
  machine --> timedOut : deadline
  machine --> expired : expired
  succeeded --> [*]
  failed --> [*]
  canceled --> [*]
  timedOut --> [*]
  expired --> [*]
`,
  );
});

for (const { name, machine } of listKinds()) {
  Deno.test(`drawMermaid() declares every state of ${name} once, and draws no other`, () => {
    const text = drawMermaid(machine);
    const declared = [...text.matchAll(/^ *state (?:".*" as )?(\w+)/gm)].map(([, id]) => id!);
    const drawn = [...text.matchAll(/^ *(\S+) --> (\S+)/gm)].flatMap((
      [, from, to],
    ) => [from!, to!]);
    const states = (node: typeof machine.root): number =>
      Object.values(node.states).reduce((sum, child) => sum + 1 + states(child), 0);
    assertEquals(declared.length, states(machine.root) + 1); // and the frame
    assertEquals(new Set(declared).size, declared.length);
    assertEquals(drawn.filter((id) => id !== "[*]" && !declared.includes(id)), []);
  });
}
