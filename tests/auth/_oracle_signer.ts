/**
 * Signs requests with Oracle's own SDK for TypeScript. A program of its own,
 * because that package wants the environment before it does anything.
 *
 * @module
 */
/** A request to be signed. */
export interface RequestToSign {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What is to be signed, and with what. */
export interface OracleSigning {
  readonly privateKey: string;
  readonly passphrase: string | null;
  readonly requests: readonly RequestToSign[];
}

/**
 * Signs in a process of its own.
 *
 * @returns The headers of each request, names in lower case.
 */
export async function signByOracle(signing: OracleSigning): Promise<Record<string, string>[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-lock",
      "--no-prompt",
      "--allow-env",
      "--allow-sys",
      "--allow-read",
      new URL(import.meta.url).pathname,
      JSON.stringify(signing),
    ],
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function sign({ privateKey, passphrase, requests }: OracleSigning): Promise<unknown[]> {
  // Not in deno.json and not literals: else every clone fetches its packages first.
  const sdk = "npm:oci-common@2.142.1/lib";
  const { DefaultRequestSigner } = await import(`${sdk}/signer.js`);
  const { SimpleAuthenticationDetailsProvider } = await import(`${sdk}/auth/auth.js`);
  const key = new SimpleAuthenticationDetailsProvider("t", "u", "f", privateKey, passphrase);
  const signer = new DefaultRequestSigner(key);
  return await Promise.all(requests.map(async ({ method, url, headers, body }) => {
    const request = { method, uri: url, headers: new Headers(headers), body };
    await signer.signHttpRequest(request as Parameters<typeof signer.signHttpRequest>[0]);
    return Object.fromEntries(request.headers);
  }));
}

if (import.meta.main) console.log(JSON.stringify(await sign(JSON.parse(Deno.args[0]!))));
