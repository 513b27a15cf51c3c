/**
 * The npm package as its users get it: packed, installed into an empty project,
 * with the tools of others beside it.
 *
 * @module
 */
import { pack } from "../../tools/pack.ts";

/** Fetched when they are needed: nobody else has to have them. */
const TOOLS = ["esbuild@0.28.2", "playwright-core@1.65.1"];

/** Longest that any program may take. */
const LIMIT_MS = 1_200_000;

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The package, installed. */
export interface Installed {
  /** The tarball. */
  readonly tarball: string;
  /** A project with the package and what it needs, and nothing else. */
  readonly project: string;
  /** A project with the tools. */
  readonly tools: string;
  /** Removes all of it. */
  remove(): Promise<void>;
}

/** Packs the package and installs it. */
export async function installPackage(tools: readonly string[] = TOOLS): Promise<Installed> {
  const folder = await Deno.makeTempDir({ prefix: "lro-npm-" });
  const [tarball, toolsProject] = await Promise.all([
    pack(`${folder}/packed`),
    createProject(`${folder}/tools`, tools),
  ]);
  const project = await createProject(`${folder}/project`, [tarball]);
  return {
    tarball,
    project,
    tools: toolsProject,
    remove: () => Deno.remove(folder, { recursive: true }),
  };
}

/** An empty project with these packages. */
export async function createProject(folder: string, packages: readonly string[]): Promise<string> {
  await Deno.mkdir(folder);
  await Deno.writeTextFile(
    `${folder}/package.json`,
    JSON.stringify({ name: "project", version: "1.0.0", private: true, type: "module" }),
  );
  if (packages.length > 0) {
    await succeed(
      "npm",
      ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages],
      folder,
    );
  }
  return folder;
}

/** Runs a program in a folder. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(LIMIT_MS),
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/**
 * Runs a program that must succeed.
 *
 * @returns What it printed.
 */
export async function succeed(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, cwd);
  if (code === 0) return stdout;
  throw new Error(`Cannot run ${program} ${args.join(" ")}: exit code ${code}\n${stdout}${stderr}`);
}

/** The path of a program among the tools. */
export function tool({ tools }: Installed, name: string): string {
  return `${tools}/node_modules/${name}`;
}
