/**
 * A page of an application: waits for an operation of the server that it came
 * from, and shows how it ends as a line of JSON.
 *
 * @module
 */
import { azure, createRuntime } from "@lro/machines";
import { bearer } from "@lro/machines/auth";

const { origin } = new URL(import.meta.url);
const runtime = createRuntime({ fetch: bearer("secret", { origins: origin }) });
const handle = runtime.start(azure.operation<{ readonly location: string }>({
  request: { method: "PUT", url: `${origin}/groups/g`, body: { location: "westeurope" } },
  pollIntervalMs: 50,
}));
const states: string[] = [handle.snapshot.state];
handle.subscribe(({ state }) => void (states.at(-1) !== state && states.push(state)));
const outcome = await handle.outcome();
await runtime.dispose();
const end = outcome.kind === "succeeded" ? outcome.value.location : outcome.error;
console.log(JSON.stringify({ states, end }));
