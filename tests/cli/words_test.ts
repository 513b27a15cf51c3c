/** A word or a number that cannot be meant is refused before anything is sent. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "./_console.ts";

const URL = "https://management.azure.com/r?api-version=1";
const calls: [args: string[], said: string][] = [
  [["wait", "azure", URL, "--method", "PATSH"], "Expected --method PUT, PATCH, POST or DELETE"],
  [["wait", "lxd", "request", "/1.0/x", "--method", "PATSH"], 'got "PATSH"'],
  [
    [
      ...["wait", "linode", "event", "--entity-id", "7", "--action", "linode_boot"],
      ...["--trigger", "/linode/instances/7/boot", "--method", "PATSH"],
    ],
    'got "PATSH"',
  ],
  [
    ["linode", "events", "--entity-type", "linode", "--entity-id", "abc"],
    "--entity-id to be a number",
  ],
  [["linode", "events", "--last", "x"], "Expected a whole number, 0 to 100."],
];

for (const [args, said] of calls) {
  Deno.test(`lro ${args.join(" ")} exits with 2 and sends nothing`, async () => {
    let requests = 0;
    const fetch = () => {
      requests++;
      return Promise.reject(new Error("unused"));
    };
    const { exitCode, stderr } = await run(args, { fetch });
    assertEquals([exitCode, requests], [2, 0]);
    assertStringIncludes(stderr, said);
  });
}
