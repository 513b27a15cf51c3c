/**
 * The one place that writes to the terminal: whatever a command prints goes through
 * here, and only what can do no harm comes out.
 *
 * A command cleans foreign texts where it puts them into a line or a cell, for only
 * there is it known whether a line break is one. What it forgets is cleaned here.
 *
 * A stream that nobody reads any more is no reason to break off in the middle of
 * things: what is written to it is dropped, and whoever wants to know is told.
 *
 * @module
 */
import { cleanPainted, cleanText } from "../model/clean_text.ts";
import type { TextStream } from "./text_stream.ts";

interface Guarded {
  /** What is behind it. */
  readonly inner: TextStream;
  readonly listeners: Set<() => void>;
  /** Why nothing can be written any more. */
  failure: unknown;
}

const guards = new WeakMap<TextStream, Guarded>();

/** The stream, with all that is written to it cleaned; on a terminal our own colours stay. */
export function guardStream(inner: TextStream): TextStream {
  if (guards.has(inner)) return inner;
  const guarded: TextStream = {
    write: (text) => writeTo(guard, inner.isTTY ? cleanPainted(text) : cleanText(text)),
    get isTTY() {
      return inner.isTTY;
    },
    get columns() {
      return inner.columns;
    },
    get rows() {
      return inner.rows;
    },
  };
  const guard: Guarded = { inner, listeners: new Set(), failure: undefined };
  inner.onError?.((error) => fail(guard, error));
  guards.set(guarded, guard);
  return guarded;
}

/**
 * Writes what moves the cursor, and texts between: for what draws in place, and has
 * cleaned the texts.
 */
export function writeControls(stream: TextStream, text: string): void {
  const guard = guards.get(stream);
  if (guard) writeTo(guard, text);
  else stream.write(text);
}

/** Calls back once when nothing can be written any more. Returns how to stop listening. */
export function onFailure(stream: TextStream, listener: () => void): () => void {
  const listeners = guards.get(stream)?.listeners;
  listeners?.add(listener);
  return () => void listeners?.delete(listener);
}

/** Waits until all that was written is out. Returns why that cannot be, in a few words. */
export async function failureOf(stream: TextStream): Promise<string | undefined> {
  const guard = guards.get(stream);
  if (!guard) return undefined;
  try {
    if (guard.failure === undefined) await guard.inner.flush?.();
  } catch (error) {
    fail(guard, error);
  }
  const { failure } = guard;
  if (failure === undefined) return undefined;
  const { code, message = failure } = failure as { code?: unknown; message?: unknown };
  return String(code ?? message);
}

function writeTo(guard: Guarded, text: string): void {
  if (guard.failure !== undefined) return;
  try {
    guard.inner.write(text);
  } catch (error) {
    fail(guard, error);
  }
}

function fail(guard: Guarded, error: unknown): void {
  if (guard.failure !== undefined) return;
  guard.failure = error ?? "closed";
  for (const listener of guard.listeners) listener();
}
