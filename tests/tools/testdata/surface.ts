/**
 * One of everything that a public surface can hold.
 *
 * @module
 */
export * as inner from "./surface_inner.ts";
export { alike, alike as renamed } from "./surface_inner.ts";

export abstract class Base<T> {
  protected readonly kept?: T;
  constructor(
    private readonly secret: T,
    readonly name: string,
    options: { readonly deep?: boolean } = {},
  ) {
    void [options, this.secret];
  }
  get size(): number {
    return 0;
  }
  static create(): void {}
  abstract open(): Promise<T>;
  read(key: string): T;
  read(key: number, ...more: readonly number[]): T;
  read(): T {
    throw this.hidden;
  }
  [Symbol.dispose](): void {}
  private hidden = 1;
}

export class Derived<T extends object = object> extends Base<T> implements Disposable {
  override open(): Promise<T> {
    return Promise.reject();
  }
}

export interface Shape<in out K extends string> extends Disposable {
  (call: K): void;
  // deno-lint-ignore no-misused-new -- it is to be written, not used
  new (made: K): Shape<K>;
  readonly [name: string]: unknown;
  readonly optional?: K;
  method?<U>(this: void, argument: U): argument is U;
}

export enum Level {
  Low = 1,
  High = "high",
}

export type Both = Level & { a: 1n; b: -1 } & (() => void);
export type Picked<T> = T extends Promise<infer V extends string> ? V
  : { readonly [K in keyof T as `get${K & string}`]-?: T[K] };
export type Tuple = readonly [string, number[], ...boolean[]];
export type Words = `a-${string}` | typeof constant | Both["a"] | null;

export const constant = "it";
export let variable: unknown;

export function overloaded(a: string): asserts a;
export function overloaded(a: string, b?: number): void;
export function overloaded(): void {}
export function taken({ a }: { a: string }, [b]: string[] = []): typeof a {
  return a + b;
}
