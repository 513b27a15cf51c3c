/**
 * Runs the scenarios in Deno and in Node, at the same time and each against a
 * private daemon of its own. Prints a line of JSON for each scenario; `--why-not`
 * prints only why it would do nothing.
 *
 * @module
 */
import { bundleForNode, hasNode } from "../../bench/in_node.ts";
import { startDaemon, whyNoDaemon } from "./daemon.ts";
import { makeImage, serveSlowImage } from "./images.ts";
import type { WorldInit } from "./world.ts";

const WORKER = new URL("worker.ts", import.meta.url).pathname;

if (Deno.args[0] === "--why-not") {
  console.log(JSON.stringify({ whyNot: await whyNoDaemon(), isNode: await hasNode() }));
} else {
  await Promise.all([runAll("deno"), ...(await hasNode() ? [runAll("node")] : [])]);
}

async function runAll(name: string): Promise<void> {
  // Short, as a socket's path must be, and open: root in a container is nobody outside.
  const base = await Deno.makeTempDir({ dir: "/tmp", prefix: "lro-lxd-" });
  await Deno.chmod(base, 0o711);
  const daemon = await startDaemon(base);
  const slow = serveSlowImage();
  try {
    const { socketPath, httpsUrl, serverCert } = daemon;
    const init: WorldInit = {
      socketPath,
      httpsUrl,
      serverCert,
      image: await makeImage(base, name),
      container: `on-${name}`,
      slowImageUrl: slow.url,
    };
    const [program, ...args] = name === "deno"
      ? [Deno.execPath(), "run", "--quiet", "--allow-all", "--frozen", WORKER]
      : await bundleForNode(WORKER, base);
    const child = new Deno.Command(program!, {
      args: [...args, JSON.stringify(init)],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    for await (const line of linesOf(child.stdout)) {
      const told = JSON.parse(line);
      if ("restart" in told) await daemon.restart(told.restart);
      else console.log(JSON.stringify({ in: name, ...told }));
    }
    await child.status;
  } finally {
    await slow.stop();
    await daemon.stop();
    await Deno.remove(base, { recursive: true });
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines.filter((line) => line.startsWith("{"));
  }
}
