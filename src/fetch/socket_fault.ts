/**
 * What a unix socket that cannot be connected to says: Deno and Node say it in
 * different ways, and Deno names an address that nobody asked for.
 *
 * @module
 */

/** What is wrong with a unix socket. */
export interface SocketFault {
  /** What was seen, and what to do; it says that nothing was sent. */
  readonly error: TypeError;
  /** It does not pass by itself, unless somebody was there before. */
  readonly isLasting: boolean;
}

interface Sign {
  /** Node's code. */
  readonly code: string;
  /** What Deno's text holds. */
  readonly text: RegExp;
  readonly isLasting: boolean;
  explain(path: string): string;
}

const SIGNS: readonly Sign[] = [{
  code: "ENOENT",
  text: /\(os error 2\)|\bENOENT\b/,
  isLasting: true,
  explain: (path) =>
    `there is no unix socket at ${path}; start the server, or give the path at which it listens`,
}, {
  code: "EACCES",
  text: /\(os error 13\)|\bEACCES\b/,
  isLasting: true,
  explain: (path) =>
    `the unix socket at ${path} may not be opened; run it as a user or in a group that may`,
}, {
  code: "ECONNREFUSED",
  text: /\(os error (?:61|111)\)|\bECONNREFUSED\b/,
  isLasting: false, // a server that starts, or is started anew
  explain: (path) => `nobody listens at the unix socket at ${path}; start the server`,
}];

/**
 * Says what is wrong with a unix socket and what to do about it.
 *
 * @param error What the platform's fetch was rejected with.
 * @param path The socket's path.
 * @returns `undefined` where the path is not at fault.
 */
export function explainSocketFault(error: unknown, path: string): SocketFault | undefined {
  const sign = SIGNS.find((sign) => says(error, sign));
  if (!sign) return undefined;
  // Without a cause: its text names the address that stands for the socket.
  const text = `Cannot fetch: ${sign.explain(path)}`;
  const explained = Object.assign(new TypeError(text), { code: "ERR_UNSENT" });
  return { error: explained, isLasting: sign.isLasting };
}

/** Whether an error, or one behind it, says so. */
function says(error: unknown, { code, text }: Sign): boolean {
  let link = error;
  for (let depth = 0; depth < 8 && typeof link === "object" && link !== null; depth++) {
    const { code: own, message, cause } = link as Error & { readonly code?: unknown };
    if (own === code || (typeof message === "string" && text.test(message))) return true;
    link = cause;
  }
  return false;
}
