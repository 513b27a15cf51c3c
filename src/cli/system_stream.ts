/**
 * The process's own streams, with word of what was not written.
 *
 * @module
 */
import type { TextStream } from "./text_stream.ts";

/** As much of a Node stream as is needed. */
export interface NodeStream {
  /** Writes text, and calls back when it is out. */
  write(text: string, done: (error?: Error | null) => void): unknown;
  /** Listens for errors. */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Whether somebody looks at it. */
  readonly isTTY?: boolean | undefined;
  /** How many characters fit on a line. */
  readonly columns?: number | undefined;
  /** How many lines the terminal has. */
  readonly rows?: number | undefined;
}

/** Each is listened to once, however many commands a process runs. */
const known = new WeakMap<NodeStream, TextStream>();

/** Wraps it; what goes wrong with it from now on ends no process. */
export function systemStream(stream: NodeStream): TextStream {
  const before = known.get(stream);
  if (before) return before;
  const wrapped = wrap(stream);
  known.set(stream, wrapped);
  return wrapped;
}

function wrap(stream: NodeStream): TextStream {
  let failure: Error | undefined;
  let tell: ((error: Error) => void) | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    tell?.(error);
  };
  const done = (error?: Error | null): void => {
    if (error) fail(error);
  };
  stream.on("error", fail);
  return {
    write: (text) => stream.write(text, done),
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
    onError: (listener) => void (tell = listener),
    flush: () =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        stream.write("", (error) => error ?? failure ? reject(error ?? failure) : resolve());
      }),
  };
}
