/** The page in Chromium; see `browser/scenarios.ts` for what is done. */
import { assertEquals } from "@std/assert";
import { hasChromium } from "./browser/_page.ts";
import { scenarios } from "./browser/scenarios.ts";

const LIMIT_MS = 600_000;

let results: Promise<ReadonlyMap<string, string>> | undefined;

/** How each scenario ended: `"fine"`, or its error. All are played when the first is asked for. */
function playAll(): Promise<ReadonlyMap<string, string>> {
  return results ??= (async () => {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-lock",
        "--no-check",
        "--allow-all",
        import.meta.resolve("./browser/run.ts"),
      ],
      signal: AbortSignal.timeout(LIMIT_MS),
    }).output();
    const read = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const ends = new Map<string, string>();
    for (const line of read(stdout).split("\n").filter((each) => each.startsWith("{"))) {
      const { name, error = "fine" } = JSON.parse(line);
      ends.set(name, error);
    }
    if (ends.size === 0) throw new Error(`Cannot run Chromium: ${read(stderr)}`);
    return ends;
  })();
}

for (const name of Object.keys(scenarios)) {
  Deno.test({
    name: `in Chromium: ${name}`,
    ignore: !hasChromium(),
    fn: async () => assertEquals((await playAll()).get(name), "fine"),
  });
}
