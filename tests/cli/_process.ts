/** The command as a process of its own, to be killed. */

/** A running `lro`. */
export interface Process {
  /** What it has printed on its standard error stream so far. */
  readonly stderr: string;
  /** Waits for its token line. */
  token(): Promise<string>;
  /** Ends it as a power cut would, or with a signal. */
  kill(signal?: Deno.Signal): void;
  /** Waits for its end. */
  ended(): Promise<{ readonly exitCode: number; readonly stdout: string }>;
}

/** Options of {@linkcode spawnLro}. */
export interface SpawnOptions {
  /** Where its journal is. */
  readonly directory: string;
  /** Whether nobody reads its standard output, so that it cannot finish printing. */
  readonly isClogged?: boolean;
}

/** Starts `lro`. */
export function spawnLro(args: readonly string[], options: SpawnOptions): Process {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env", "--allow-read"],
      ...["--allow-write", "--no-check", "--frozen", "src/cli/main.ts", ...args],
    ],
    cwd: new URL("../..", import.meta.url),
    env: { XDG_STATE_HOME: options.directory, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let stderr = "";
  const arrived = Promise.withResolvers<string>();
  const reading = (async () => {
    for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
      stderr += chunk;
      const [, token] = /^lro resume (\S+)\n/m.exec(stderr) ?? [];
      if (token !== undefined) arrived.resolve(token);
    }
    arrived.reject(new Error(`No token was printed:\n${stderr}`));
  })();
  arrived.promise.catch(() => {});
  const output = options.isClogged ? undefined : new Response(child.stdout).text();

  return {
    get stderr() {
      return stderr;
    },
    token: () => arrived.promise,
    kill: (signal = "SIGKILL") => child.kill(signal),
    async ended() {
      const { code } = await child.status;
      const stdout = await (output ?? new Response(child.stdout).text());
      await reading;
      return { exitCode: code, stdout };
    },
  };
}
