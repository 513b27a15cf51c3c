/**
 * A loopback server of Azure operations, in a process of its own so that its CPU
 * time is not the client's: a PUT on `/r/N` starts an operation whose monitor says
 * `InProgress` for some polls. Prints its port; ends with its standard input.
 *
 * ```text
 * deno run --allow-net=127.0.0.1 azure_server.ts POLLS
 * ```
 *
 * @module
 */
const polls = Number(Deno.args[0]);
const left = new Map<string, number>();
const counts: Record<string, number> = {};

const resource = { properties: { provisioningState: "Creating" } };
const headersOf = (base: string, path: string) => ({
  "azure-asyncoperation": `${base}/operations${path}`,
});

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`port ${port}`),
}, (request) => {
  const { pathname, origin } = new URL(request.url);
  if (pathname === "/counts") {
    const seen = { ...counts };
    for (const name of Object.keys(counts)) delete counts[name];
    return Response.json(seen);
  }
  counts[request.method] = (counts[request.method] ?? 0) + 1;
  if (request.method === "PUT") {
    left.set(pathname, polls);
    return Response.json(resource, { status: 201, headers: headersOf(origin, pathname) });
  }
  if (!pathname.startsWith("/operations/")) {
    return Response.json({ id: pathname, properties: { provisioningState: "Succeeded" } });
  }
  const path = pathname.slice("/operations".length);
  const rest = left.get(path)! - 1;
  left.set(path, rest);
  return Response.json({ status: rest > 0 ? "InProgress" : "Succeeded" });
});

for await (const _ of Deno.stdin.readable); // whoever started us is gone
Deno.exit(0);
