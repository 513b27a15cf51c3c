import { assertEquals } from "@std/assert";
import { apiText } from "../../tools/api.ts";

const testdata = "./tests/tools/testdata";

Deno.test("apiText() writes every kind of symbol with its signature", async () => {
  const text = await apiText({ ".": `${testdata}/surface.ts` });
  assertEquals(
    text,
    `# .
abstract class Base<T>
  [Symbol.dispose](): void
  abstract open(): Promise<T>
  constructor(secret: T, readonly name: string, options?: { readonly deep?: boolean })
  get size(): number
  protected readonly kept?: T
  read(key: number, ...more: readonly number[]): T
  read(key: string): T
  static create(): void
type Both = Level & { a: 1n; b: -1 } & (() => void)
class Derived<T extends object = object> extends Base<T> implements Disposable
  open(): Promise<T>
enum Level
  Low = 1
  High = "high"
type Picked<T> = T extends Promise<infer V extends string> ? V : { readonly [K in keyof T as \`get\${K & string}\`]-?: T[K] }
interface Shape<K extends string> extends Disposable
  (call: K): void
  method?<U>(this: void, argument: U): argument is U
  new (made: K): Shape<K>
  readonly [name: string]: unknown
  readonly optional?: K
type Tuple = readonly [string, number[], ...boolean[]]
type Words = \`a-\${string}\` | typeof constant | Both["a"] | null
function alike(): void
const constant: "it"
namespace inner
  alike = . alike
  const other: number
function overloaded(a: string): asserts a
function overloaded(a: string, b?: number): void
renamed = . alike
function taken({}: { a: string }, []?: string[]): typeof a
let variable: unknown
`,
  );
});

Deno.test("apiText() writes out once what is exported twice", async () => {
  const text = await apiText({
    ".": `${testdata}/surface_inner.ts`,
    "./again": `${testdata}/surface_inner.ts`,
  });
  assertEquals(
    text,
    `# .
function alike(): void
const other: number

# ./again
alike = . alike
other = . other
`,
  );
});
