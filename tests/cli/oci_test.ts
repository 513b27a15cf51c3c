import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import {
  createOciEmulator,
  type OciEmulator,
  type OciEmulatorOptions,
} from "@lro/machines/testing";
import { parseProfiles } from "../../src/cli/credentials/oci_profile.ts";
import { ENCRYPTED_KEYS, PASSPHRASE, PLAIN_KEYS, PUBLIC_KEY } from "../data/oci_keys.ts";
import { type Run, run, type RunOptions, tokenIn, withDirectory } from "./_console.ts";

const OCI = "https://iaas.us-ashburn-1.oraclecloud.com";
const VCN = { id: "ocid1.vcn.1", collection: "vcns" };
const URL_OF_IT = `${OCI}/20160918/vcns/${VCN.id}`;
const STATE = ["wait", "oci", "state", URL_OF_IT, "--state", "AVAILABLE", "--no-store"];
const KEY_ID = "ocid1.tenancy.oc1..t/ocid1.user.oc1..u/20:3b";

interface Stage {
  readonly emulator: OciEmulator;
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
}

/** An emulator and the command in real time, which waits for files and for keys. */
function createStage(options: OciEmulatorOptions = {}): Stage {
  const emulator = createOciEmulator({ existing: [VCN], ...options });
  const clock = {
    now: () => Date.now(),
    setTimeout: (fn: () => void, ms: number): unknown => setTimeout(fn, ms),
    clearTimeout: (id: unknown) => clearTimeout(id as number),
  };
  return {
    emulator,
    run: (args, given = {}) => run(args, { clock, fetch: emulator.fetch, ...given }),
  };
}

/** A home directory with `~/.oci/config`. */
async function writeHome(
  directory: string,
  { key = PLAIN_KEYS.pkcs1, config = "", mode = 0o600 }: {
    readonly key?: string;
    readonly config?: string;
    readonly mode?: number;
  } = {},
): Promise<Record<string, string>> {
  await Deno.mkdir(join(directory, ".oci"));
  await Deno.writeTextFile(join(directory, ".oci", "key.pem"), key, { mode });
  const text = "[DEFAULT]\nuser=ocid1.user.oc1..u\nfingerprint=20:3b\n" +
    "tenancy=ocid1.tenancy.oc1..t\nregion=us-ashburn-1\nkey_file=~/.oci/key.pem\n";
  await Deno.writeTextFile(join(directory, ".oci", "config"), text + config, { mode: 0o600 });
  return { HOME: directory };
}

const SIGNED = { publicKeys: { [KEY_ID]: PUBLIC_KEY, "ST$token": PUBLIC_KEY } };

Deno.test("lro wait oci state waits for a state and prints the resource", async () => {
  const { emulator, run } = createStage();
  const { exitCode, stdout, stderr } = await run(STATE);
  assertEquals([exitCode, JSON.parse(stdout)], [0, { id: VCN.id, lifecycleState: "AVAILABLE" }]);
  assertMatch(stderr, /succeeded \(1 polls?, 1 request/);
  assertEquals(emulator.count("read"), 1);
});

Deno.test("lro wait oci state takes a property, several states, and a 404 as the good end", async () => {
  const { run } = createStage();
  const one = await run([
    ...STATE.slice(0, 4),
    "--property",
    "id",
    "--state",
    "x",
    "--state",
    VCN.id,
  ]);
  assertEquals(one.exitCode, 0);
  const fetch = (() => {
    const replies = [
      Response.json({ lifecycleState: "TERMINATING" }),
      new Response("{}", { status: 404 }),
    ];
    return () => Promise.resolve(replies.shift()!);
  })();
  const gone = await run([...STATE.slice(0, 5), "TERMINATED", "--succeed-on-not-found"], { fetch });
  assertEquals([gone.exitCode, gone.stdout.trim()], [0, "null"]);
});

Deno.test("lro wait oci work-request prints the work request, or why it failed", async () => {
  const { emulator, run } = createStage({
    plan: ({ body }) => body["shape"] === "huge" ? { end: "fails" } : {},
  });
  for (const shape of ["small", "huge"]) {
    const url = `${OCI}/20160918/instances`;
    const launched = await emulator.fetch(url, { method: "POST", body: JSON.stringify({ shape }) });
    await launched.body?.cancel();
    const id = launched.headers.get("opc-work-request-id")!;
    const args = ["wait", "oci", "work-request", id, "--region", "us-ashburn-1", "--no-store"];
    const { exitCode, stdout, stderr } = await run(args);
    if (shape === "small") {
      assertEquals([exitCode, JSON.parse(stdout).status], [0, "SUCCEEDED"]);
    } else {
      assertEquals([exitCode, stdout], [1, ""]);
      assertStringIncludes(
        stderr,
        "Work request failed: (OutOfHostCapacity) Out of host capacity.",
      );
    }
  }
});

const MISTAKES: readonly (readonly [string[], string])[] = [
  [["state", URL_OF_IT], "Expected --state"],
  [["state", "nowhere", "--state", "A"], "get.url must be an absolute http URL"],
  [["work-request", "1"], "Expected either --region, --base-url or --work-request-url"],
  [["work-request", "1", "--region", "a", "--base-url", OCI], "Expected either --region"],
  [["work-request", "1", "--region", "evil.example/"], "Cannot read --region"],
];

for (const [args, message] of MISTAKES) {
  Deno.test(`lro wait oci ${args.join(" ")} is a mistake`, async () => {
    const { exitCode, stderr } = await createStage().run(["wait", "oci", ...args]);
    assertEquals(exitCode, 2);
    assertStringIncludes(stderr, message);
  });
}

Deno.test("requests are signed with the key of ~/.oci/config", () =>
  withDirectory(async (directory) => {
    const { run, emulator } = createStage(SIGNED);
    const env = await writeHome(directory);
    const { exitCode, stderr } = await run(STATE, { env });
    assertEquals([exitCode, stderr.includes("warning")], [0, false]);
    assertEquals((await run(STATE)).exitCode, 1); // without a home
    assertEquals(emulator.log.map(({ status }) => status), [200, 401]);
  }));

Deno.test("a key file that others can read gives a warning, and so does the config", () =>
  withDirectory(async (directory) => {
    const env = await writeHome(directory, { mode: 0o644 });
    await Deno.chmod(join(directory, ".oci", "config"), 0o640);
    const { exitCode, stderr } = await createStage(SIGNED).run(STATE, { env });
    assertEquals(exitCode, 0);
    const key = join(directory, ".oci", "key.pem");
    assertStringIncludes(stderr, `${key} holds credentials and can be read by others (mode 0644)`);
    assertStringIncludes(stderr, "config holds credentials and can be read by others (mode 0640)");
  }));

Deno.test("a profile has what DEFAULT has, and its own", () =>
  withDirectory(async (directory) => {
    const home = await writeHome(directory, {
      key: ENCRYPTED_KEYS.pkcs8Aes256,
      config: `[OTHER]\npass_phrase=${PASSPHRASE}\n`,
    });
    const { run } = createStage(SIGNED);
    assertEquals((await run(STATE, { env: { ...home, OCI_CLI_PROFILE: "OTHER" } })).exitCode, 0);
    const bare = await run(STATE, { env: home });
    assertEquals(bare.exitCode, 2);
    assertStringIncludes(bare.stderr, "it is encrypted and there is no passphrase");
    const variable = await run(STATE, { env: { ...home, OCI_CLI_PASSPHRASE: PASSPHRASE } });
    assertEquals(variable.exitCode, 0);
    const wrong = await run(STATE, { env: { ...home, OCI_CLI_PASSPHRASE: "wrong" } });
    assertEquals(wrong.exitCode, 2);
    assertStringIncludes(wrong.stderr, "Cannot decrypt private key: the passphrase is wrong");
    const unknown = await run(STATE, { env: { ...home, OCI_CLI_PROFILE: "NONE" } });
    assertEquals(unknown.exitCode, 2);
    assertStringIncludes(unknown.stderr, "it has DEFAULT, OTHER");
  }));

Deno.test("a session token is used in place of the user's key", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "token");
    await Deno.writeTextFile(file, "token\n", { mode: 0o600 });
    const env = await writeHome(directory, { config: `security_token_file=${file}\n` });
    assertEquals((await createStage(SIGNED).run(STATE, { env })).exitCode, 0);
  }));

Deno.test("OCI_CLI_CONFIG_FILE and a credentials file name another config", () =>
  withDirectory(async (directory) => {
    const home = await writeHome(directory);
    const config = join(directory, "mine");
    const text = (await Deno.readTextFile(join(directory, ".oci", "config"))).replace(
      "~",
      directory,
    );
    await Deno.writeTextFile(config, text, { mode: 0o600 });
    const { run } = createStage(SIGNED);
    assertEquals((await run(STATE, { env: { OCI_CLI_CONFIG_FILE: config } })).exitCode, 0);

    const file = join(directory, "credentials.json");
    await Deno.writeTextFile(file, JSON.stringify({ configFile: config }), { mode: 0o600 });
    const args = [...STATE, "--credentials", file];
    assertEquals((await run(args, { env: { OCI_CLI_PROFILE: "ignored" } })).exitCode, 0);

    const missing = await run(STATE, { env: { ...home, OCI_CLI_CONFIG_FILE: `${config}s` } });
    assertEquals(missing.exitCode, 2);
    assertStringIncludes(missing.stderr, "Cannot read the OCI config file");
  }));

Deno.test("half of a key is a mistake, named", async () => {
  const pairs = [["OCI_CLI_USER", "key_file"], ["OCI_CLI_KEY_CONTENT", "tenancy"]] as const;
  for (const [variable, name] of pairs) {
    const { exitCode, stderr } = await createStage().run(STATE, { env: { [variable]: "x" } });
    assertEquals(exitCode, 2);
    assertStringIncludes(stderr, `${name} is missing in the profile`);
  }
});

Deno.test("a token that names somebody else's address gets no signature", () =>
  withDirectory(async (directory) => {
    const env = await writeHome(directory);
    const stage = createStage({ ...SIGNED, faults: [{ on: "read", delayMs: 60_000 }] });
    const elsewhere = URL_OF_IT.replace("iaas.us-ashburn-1.oraclecloud.com", "evil.example");
    const args = STATE.map((arg) => arg === URL_OF_IT ? elsewhere : arg);
    const { stderr } = await stage.run([...args, "--deadline", "50ms"]);
    const { exitCode, stderr: refusal } = await stage.run(["resume", tokenIn(stderr)], { env });
    assertEquals(exitCode, 2);
    assertStringIncludes(refusal, "add --trust https://evil.example");
  }));

Deno.test("profiles are read with blanks, comments and Windows line ends", () => {
  const text =
    "\uFEFFignored=1\r\n[ A ]\r\n# x=1\r\n; y=1\r\n user = u = v \r\n[B]\nuser=\n[A]\ntenancy=t";
  assertEquals(Object.fromEntries(parseProfiles(text)), {
    A: { user: "u = v", tenancy: "t" },
    B: { user: "" },
  });
});
