/**
 * Runs every program under `examples`, all at once. Each may use the loopback
 * interface and a folder of its own, and nothing else.
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
  const scratch = await Deno.makeTempDir();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--frozen",
      "--no-prompt",
      "--allow-net=127.0.0.1",
      `--allow-read=${scratch}`,
      `--allow-write=${scratch}`,
      new URL(name, folder).href,
    ],
    env: { NO_COLOR: "1", TMPDIR: scratch },
    signal: AbortSignal.timeout(limitMs),
  }).output();
  await Deno.remove(scratch, { recursive: true });
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}
