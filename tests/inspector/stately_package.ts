/**
 * What `@statelyai/inspect` itself sends of a job's life, as JSON on the standard
 * output; and whether its receiver takes what comes on the standard input. In a
 * process of its own, because the package needs the environment.
 */
import { listKinds } from "@lro/machines";
import { createActor } from "xstate";
import { jobs } from "../runtime/_job.ts";

// Not in deno.json and not a literal: only this needs it.
const name = "npm:@statelyai/inspect@0.7.2";
const { createInspector, createBrowserReceiver } = await import(name);

const ours: unknown[] = JSON.parse(await new Response(Deno.stdin.readable).text());
const listeners: ((event: { data: unknown }) => void)[] = [];
const greetings: unknown[] = [];
const window = {
  opener: { postMessage: (message: unknown) => greetings.push(message) },
  addEventListener: (_: string, listener: (event: { data: unknown }) => void) =>
    listeners.push(listener),
};
const taken: unknown[] = [];
createBrowserReceiver({ window: { ...window, self: window, top: window } })
  .subscribe((event: unknown) => taken.push(event));
for (const data of ours) for (const listener of listeners) listener({ data });

jobs.unsent();
const { machine } = listKinds().find((kind) => kind.name === "job.unsent")!;
const theirs: unknown[] = [];
const { inspect } = createInspector({ send: (event: unknown) => theirs.push(event) });
const actor = createActor(machine, { inspect });
actor.start();
await late();
for (const type of ["accepted", "due", "pending", "due", "succeeded"]) actor.send({ type });
await late();
console.log(JSON.stringify({ theirs, taken: taken.length, greetings }));

/** The package delivers in idle moments, and shows where an actor is by then. */
function late(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
