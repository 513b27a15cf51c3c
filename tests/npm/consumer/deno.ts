/**
 * Takes the place of Deno where a test of ours runs elsewhere: it only collects.
 *
 * @module
 */

/** A test. */
export interface Collected {
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

/** What was collected so far. */
export const tests: Collected[] = [];

/** As far as the conformance tests need it. */
export const Deno = {
  test(name: string, run: Collected["run"]): void {
    tests.push({ name, run });
  },
};
