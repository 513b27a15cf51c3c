/** Restores the tokens in its arguments, and names no provider. */
import { argv } from "node:process";
import { createRuntime } from "@lro/machines";

const runtime = createRuntime({ fetch: () => new Promise<Response>(() => {}) });
for (const token of argv.slice(2)) console.log(runtime.restore(token).snapshot.kind);
await runtime.dispose();
