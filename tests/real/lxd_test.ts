/** Operations of a real LXD, in Deno and in Node. It needs root, and the Debian packages of LXD. */
import { assert } from "@std/assert";
import { restartScenarios } from "./lxd/restarts.ts";
import { steadyScenarios } from "./lxd/scenarios.ts";

interface Told {
  readonly in: string;
  readonly name: string;
  readonly ok: boolean;
  readonly ms?: number;
  readonly note?: string;
  readonly error?: string;
}

/** In a process that may do more than tests may: daemons, unix sockets, Node. */
function drive(...args: readonly string[]): Deno.Command {
  const driver = new URL("lxd/drive.ts", import.meta.url).href;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--frozen", "--allow-all", driver, ...args],
    stderr: "inherit",
  });
}

const { stdout } = await drive("--why-not").output();
const { whyNot, isNode } = JSON.parse(new TextDecoder().decode(stdout));
if (whyNot) console.log(`The tests of a real LXD are skipped: ${whyNot}`);

let told: Promise<Told[]> | undefined;

async function tell(): Promise<Told[]> {
  const { stdout } = await drive().output();
  const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line));
}

// The daemons outlive the test that starts them.
Deno.test.sanitizer({ ops: false, resources: false });

for (const name of Object.keys({ ...steadyScenarios, ...restartScenarios })) {
  for (const place of ["deno", "node"]) {
    const ignore = whyNot !== undefined || (place === "node" && !isNode);
    Deno.test({
      name: `LXD, in ${place}: ${name}`,
      ignore,
      fn: async () => {
        told ??= tell();
        const one = (await told).find((one) => one.in === place && one.name === name);
        assert(one, "it was not run");
        if (one.note) console.log(`${one.note}`);
        assert(one.ok, one.error ?? "");
      },
    });
  }
}
