/**
 * The first words: what is to be waited for, and what goes over the wire for it.
 * Types only.
 *
 * @module
 */

/** Anything that JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * What a body is made of: anything that is JSON at run time, which is checked where a
 * request is handed over. `object` rather than {@linkcode JsonValue}, because
 * TypeScript takes no value whose type is an `interface` for the latter.
 */
export type JsonInput = string | number | boolean | null | object;

/** Some fields of a type, all of them given: neither absent nor `undefined`. */
export type Given<T, Name extends keyof T> = {
  readonly [Field in Name]-?: Exclude<T[Field], undefined>;
};

/**
 * What is to be waited for, as plain data: it starts nothing. Made by a
 * provider's factory, run by a runtime.
 *
 * @typeParam T What the operation yields when it succeeds.
 */
export interface Operation<T = unknown> {
  /** The provider's name, e.g. `"elasticio"`. */
  readonly provider: string;
  /** The provider's name and its pattern's, e.g. `"elasticio.execution"`. */
  readonly kind: string;
  /** What the factory was given, checked. */
  readonly input: object;
  /** Never there: it only carries the type of the result. */
  readonly result?: T;
}

/** One HTTP request, as plain data so that it can be written down and compared. */
export interface Call {
  /** HTTP method, in capitals. */
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  /** Request headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON, unless it is a string or bytes, which are sent as they are. */
  readonly body?: JsonInput | undefined;
}

/** One HTTP response, as plain data. */
export interface Reply {
  /** HTTP status code. */
  readonly status: number;
  /** Response headers; names are lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, the text where it is not JSON, `undefined` where it is empty. */
  readonly body: unknown;
  /** How long the server asks us to stay away, in milliseconds, if it does. */
  readonly retryAfterMs?: number;
}

/** Why there is no reply. */
export interface Fault {
  /**
   * - `unsent`: certainly not processed, e.g. connection refused
   * - `lost`: sent, and the answer never came or broke off
   * - `timeout`: sent, and no whole answer within the request timeout
   * - `malformed`: the answer announces JSON and is not
   * - `tooLarge`: the answer exceeds the size cap
   * - `refused`: we would not send it, e.g. http after https
   */
  readonly kind:
    | "unsent"
    | "lost"
    | "timeout"
    | "malformed"
    | "tooLarge"
    | "refused";
  /** What was seen. */
  readonly message: string;
  /** Trying again changes nothing, e.g. where the path of a unix socket is wrong. */
  readonly isLasting?: boolean;
  /** The error behind it, where there is one. */
  readonly cause?: unknown;
  /** The reply as far as it came, where there is one. */
  readonly reply?: Reply;
}
