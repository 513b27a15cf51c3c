/**
 * Tiny images, and a server that hands one out slowly.
 *
 * @module
 */

const APPLETS = ["sh", "ls", "cat", "sleep", "echo", "true", "false", "mount", "umount", "kill"];

const INIT = `#!/bin/sh
trap "exit 0" TERM PWR INT
while :; do sleep 1 & wait $!; done
`;

/**
 * Makes an image of a megabyte, whose init does nothing.
 *
 * @param base Where it goes.
 * @param name Makes it differ from others.
 * @returns The path of the tarball.
 */
export async function makeImage(base: string, name: string): Promise<string> {
  const folder = `${base}/${name}`;
  const root = `${folder}/rootfs`;
  for (const path of ["bin", "sbin", "dev", "proc", "sys", "tmp", "run", "root", "etc"]) {
    await Deno.mkdir(`${root}/${path}`, { recursive: true });
  }
  await Deno.copyFile(await pathOf("busybox"), `${root}/bin/busybox`);
  for (const applet of APPLETS) await Deno.symlink("busybox", `${root}/bin/${applet}`);
  await Deno.writeTextFile(`${root}/sbin/init`, INIT, { mode: 0o755 });
  await Deno.writeTextFile(`${root}/etc/passwd`, "root:x:0:0:root:/root:/bin/sh\n");
  await Deno.writeTextFile(`${root}/etc/group`, "root:x:0:\n");
  await Deno.writeTextFile(
    `${folder}/metadata.yaml`,
    `architecture: x86_64\ncreation_date: 1700000000\nproperties:\n  description: ${name}\n`,
  );
  const tarball = `${base}/${name}.tar.gz`;
  const args = ["--owner=0", "--group=0", "-czf", tarball, "-C", folder, "metadata.yaml", "rootfs"];
  const { success, stderr } = await new Deno.Command("tar", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return tarball;
}

async function pathOf(program: string): Promise<string> {
  for (const folder of ["/bin", "/usr/bin", "/sbin", "/usr/sbin"]) {
    const path = `${folder}/${program}`;
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  throw new Error(`There is no ${program}`);
}

/** Hands out an image that never comes to an end, by the URL at which LXD imports it. */
export function serveSlowImage(): { readonly url: string; stop(): Promise<void> } {
  const size = 100_000_000;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { origin, pathname } = new URL(request.url);
    if (pathname !== "/slow.tar") {
      return new Response(null, {
        headers: { "LXD-Image-Hash": "0".repeat(64), "LXD-Image-URL": `${origin}/slow.tar` },
      });
    }
    let timer: ReturnType<typeof setInterval>;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const chunk = new Uint8Array(500_000);
        timer = setInterval(() => controller.enqueue(chunk), 100);
      },
      cancel: () => clearInterval(timer),
    });
    return new Response(body, { headers: { "content-length": String(size) } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/image`,
    stop: () => server.shutdown(),
  };
}
