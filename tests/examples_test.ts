/**
 * Runs every program under `examples`, all at once, each with the permissions
 * that the `deno run` line in its own module doc gives it, or with none.
 *
 * @module
 */
import { assertEquals } from "@std/assert";

const folder = new URL("../examples/", import.meta.url);
const examples = [...Deno.readDirSync(folder)]
  .map(({ name }) => name)
  .filter((name) => name.endsWith(".ts"))
  .sort();
const limitMs = 60_000;

interface Ended {
  readonly code: number;
  readonly output: string;
}

let running: Map<string, Promise<Ended>> | undefined;

// The programs outlive the test that starts them.
Deno.test.sanitizer({ ops: false, resources: false });

for (const name of examples) {
  Deno.test(`examples/${name} does what it says`, async () => {
    running ??= new Map(examples.map((name) => [name, run(name)]));
    const { code, output } = await running.get(name)!;
    assertEquals(code, 0, `it exited with ${code}:\n${output}`);
  });
}

async function run(name: string): Promise<Ended> {
  const file = new URL(name, folder);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--frozen",
      "--no-prompt",
      ...permissions(await Deno.readTextFile(file)),
      file.href,
    ],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(limitMs),
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** What `deno run --allow-net examples/<name>.ts` in the module doc allows. */
function permissions(source: string): string[] {
  const command = source.match(/^ \* *deno run (.*)examples\//m)?.[1] ?? "";
  return command.split(" ").filter((word) => word.startsWith("--allow-"));
}
