/**
 * Who gets in: only this machine's own browser, at our own address, with a token
 * that was printed, and from our own page.
 *
 * @module
 */

/** The headers of every answer. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
};

/** The start of every content security policy: our own files and nothing else. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'; connect-src ";

/** The headers of a page. */
export function pageHeaders(options: {
  /** May talk to the server. */
  readonly connects: boolean;
}): Readonly<Record<string, string>> {
  return {
    ...SAFE_HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": POLICY + (options.connects ? "'self'" : "'none'"),
    // So that the windows we open can answer, and those that open our viewer can be answered.
    "cross-origin-opener-policy": options.connects ? "same-origin-allow-popups" : "unsafe-none",
  };
}

/** A refusal: status and reason. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  /** For the reader; says nothing about what is inside. */
  readonly reason: string;
}

/** Checks every request. */
export class Gate {
  #hosts: ReadonlySet<string> = new Set();
  #cookieName = "";
  readonly #secret: string;
  /** One-time tokens that nobody has used yet. */
  readonly #tokens = new Set<string>();

  /** A gate that is shut. `secret` is what a cookie proves to know. */
  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Opens it for a server that listens on a TCP port. */
  open(port: number): void {
    const names = ["127.0.0.1", "localhost", "[::1]"];
    this.#hosts = new Set(names.map((name) => `${name}:${port}`));
    this.#cookieName = `lro_inspector_${port}`; // cookies know no ports
  }

  /** A token that lets one browser in, once. */
  issueToken(): string {
    const token = randomText();
    this.#tokens.add(token);
    return token;
  }

  /** Uses a token up; the cookie to set where it was good. */
  redeem(token: string): string | undefined {
    for (const each of this.#tokens) {
      if (!isEqual(each, token)) continue;
      this.#tokens.delete(each);
      return `${this.#cookieName}=${this.#secret}; HttpOnly; SameSite=Strict; Path=/`;
    }
    return undefined;
  }

  /** Whether a request comes to us under our name, and from no other site. */
  refuseStranger({ headers }: Request): Refusal | undefined {
    const host = headers.get("host") ?? "";
    if (!this.#hosts.has(host)) {
      return { status: 421, reason: "This is not the host that was asked for" };
    }
    const origin = headers.get("origin");
    if (origin !== null && origin !== `http://${host}`) {
      return { status: 403, reason: "Requests of other origins are refused" };
    }
    return undefined;
  }

  /** Whether a request has the cookie. */
  refuseUnknown({ headers }: Request): Refusal | undefined {
    const cookies = (headers.get("cookie") ?? "").split(/;\s*/);
    const prefix = `${this.#cookieName}=`;
    const values = cookies.filter((each) => each.startsWith(prefix));
    if (values.some((each) => isEqual(each.slice(prefix.length), this.#secret))) return undefined;
    return {
      status: 401,
      reason: "Open the link that was printed where the inspector was started; it works once",
    };
  }

  /** Whether a request reads from another site, as a frame or a script would. */
  refuseCrossSite({ headers }: Request): Refusal | undefined {
    const site = headers.get("sec-fetch-site") ?? "none";
    if (site === "same-origin" || site === "none") return undefined;
    return { status: 403, reason: "Requests of other sites are refused" };
  }

  /** Whether a command was not sent by our own page. */
  refuseCommand({ method, headers }: Request): Refusal | undefined {
    if (method !== "POST") return { status: 405, reason: "Commands are sent with POST" };
    if (headers.get("sec-fetch-site") !== "same-origin" || headers.get("origin") === null) {
      return { status: 403, reason: "Commands are accepted from the inspector's own page only" };
    }
    if (headers.get("content-type") !== "application/json") {
      return { status: 415, reason: "Commands are sent as application/json" };
    }
    return undefined;
  }
}

/** A text that nobody can guess. */
export function randomText(): string {
  // deno-lint-ignore lro/no-ambient-effects -- a secret must not come from what a test decides
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
function isEqual(given: string, expected: string): boolean {
  if (given.length !== expected.length) return false;
  let difference = 0;
  for (let index = 0; index < expected.length; index++) {
    difference |= given.charCodeAt(index) ^ expected.charCodeAt(index);
  }
  return difference === 0;
}
