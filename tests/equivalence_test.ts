/** Memoised edges are what XState itself does: on random walks, and on every edge there is. */
import { assert, assertEquals } from "@std/assert";
import { listKinds } from "@lro/machines";
import fc from "fast-check";
import { createActor } from "xstate";
import { transitionTable } from "../src/runtime/engine/edges.ts";
import { configOf, leafPaths } from "../src/xstate/mod.ts";
import { IS_SIX } from "./_xstate.ts";
import type { OperationMachine } from "../src/model/machine.ts";

/** Every event that a machine has an edge for, and one that none has. */
function eventsOf(machine: OperationMachine): string[] {
  return [...machine.events.filter((type) => !type.startsWith("xstate.")), "unheard"];
}

/** The same machine, telling what it does. */
function recorded(machine: OperationMachine): { machine: OperationMachine; done: unknown[] } {
  const done: unknown[] = [];
  const names = ["request", "abandonRequest", "wait", "stopWaiting"];
  const actions = Object.assign(
    {},
    ...names.map((type) => ({
      [type]: (...args: unknown[]) => {
        const params = args[IS_SIX ? 0 : 1];
        done.push(params === undefined ? { type } : { type, params });
      },
    })),
  );
  return { machine: machine.provide({ actions } as never), done };
}

/** Walks the table and a real actor side by side. Returns the edges taken. */
function walk(machine: OperationMachine, events: readonly string[]): Set<string> {
  const { machine: spied, done } = recorded(machine);
  const table = transitionTable(machine);
  const actor = createActor(spied).start();
  const taken = new Set<string>();
  let state = table.start.to;
  assertEquals<unknown>(table.start.effects, done.splice(0));
  for (const type of events) {
    const edge = table.edge(state, type);
    const from = JSON.stringify(state.value);
    actor.send({ type });
    const { value, status } = actor.getSnapshot();
    assertEquals(edge.to.value, value, `${from} on ${type}`);
    assertEquals(edge.to.isFinal, status === "done", `${from} on ${type}`);
    assertEquals<unknown>(edge.effects, done.splice(0), `${from} on ${type}`);
    if (edge.isHandled) taken.add(`${from} ${type}`);
    state = edge.to;
    if (state.isFinal) break; // XState warns of events sent to an actor that has ended
  }
  return taken;
}

/** The shortest way to every state, breadth first. */
function waysToStates(machine: OperationMachine): Map<string, string[]> {
  const table = transitionTable(machine);
  const ways = new Map([[JSON.stringify(table.start.to.value), [] as string[]]]);
  const open = [table.start.to];
  for (let state = open.shift(); state; state = open.shift()) {
    const way = ways.get(JSON.stringify(state.value))!;
    for (const type of eventsOf(machine)) {
      const { to } = table.edge(state, type);
      if (ways.has(JSON.stringify(to.value))) continue;
      ways.set(JSON.stringify(to.value), [...way, type]);
      open.push(to);
    }
  }
  return ways;
}

for (const { name, machine } of listKinds()) {
  Deno.test(`${name}: memoised edges equal a real actor on random walks`, () => {
    const events = fc.array(fc.constantFrom(...eventsOf(machine)), { maxLength: 30 });
    fc.assert(fc.property(events, (walked) => void walk(machine, walked)), { numRuns: 500 });
  });

  Deno.test(`${name}: every edge equals a real actor's, and every state can be reached`, () => {
    const ways = waysToStates(machine);
    const taken = new Set<string>();
    for (const way of ways.values()) {
      for (const type of eventsOf(machine)) {
        for (const edge of walk(machine, [...way, type])) taken.add(edge);
      }
    }
    const table = transitionTable(machine);
    const leaves = [...ways.keys()];
    for (const path of leafPaths(machine)) {
      const bits = table.bitsOf(path.join("."));
      assert(
        leaves.some((value) => table.state(JSON.parse(value)).bit === bits),
        `${path.join(".")} can be reached`,
      );
    }
    for (const type of machine.events) {
      assert([...taken].some((edge) => edge.endsWith(` ${type}`)), `${type} leads somewhere`);
    }
  });

  Deno.test(`${name}: its machine's config is plain JSON`, () => {
    const config = configOf(machine);
    assertEquals<unknown>(JSON.parse(JSON.stringify(config)), config);
  });
}
