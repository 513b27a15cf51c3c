/** Saves one token after another until it is killed, and tells which are saved. */
import { openStore, type StoreName, tokenOf } from "./_stores.ts";

const [name, place] = Deno.args as [StoreName, string];
const store = openStore(name, place);
for (let polls = 0;; polls++) {
  await store.save(tokenOf("a", { polls, memory: { padding: "x".repeat(20_000) } }));
  Deno.stdout.writeSync(new TextEncoder().encode(`${polls}\n`));
}
