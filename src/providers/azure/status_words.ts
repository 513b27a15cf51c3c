/**
 * The words by which Azure's services say how an operation goes.
 *
 * ARM knows three final words. Data planes have their own, and a client that
 * does not know them polls for ever. A word counts as a whole, in any case:
 * `ValidationFailed` is not found by looking for `Failed` in it.
 *
 * Sources: ARM RPC "Asynchronous operations" (Succeeded, Failed, Canceled);
 * Language "Job state" (partiallyCompleted, rejected in Text Analytics 3.1);
 * Document Translation "Get translation status" (ValidationFailed); Cost
 * Management "Generate detailed cost report" (Completed); Fabric "Get operation
 * state" (Undefined).
 *
 * @module
 */
import { checkRecord, checkText, refuse } from "../../model/check_input.ts";

/** What a status word means; every word that means none of these goes on. */
export type Ending = "succeeded" | "failed" | "canceled";

/** Words of a service's own, in any case; they come before those that are known anyway. */
export interface StatusWords {
  /** It is over, and went well. */
  readonly succeeded?: readonly string[];
  /** It is over, and went badly. */
  readonly failed?: readonly string[];
  /** It is over, because somebody stopped it. */
  readonly canceled?: readonly string[];
  /** It goes on. */
  readonly running?: readonly string[];
}

const ENDINGS: ReadonlyMap<string, Ending> = new Map([
  ["succeeded", "succeeded"],
  ["completed", "succeeded"],
  ["partiallysucceeded", "succeeded"],
  ["partiallycompleted", "succeeded"],
  ["failed", "failed"],
  ["validationfailed", "failed"],
  ["rejected", "failed"],
  ["canceled", "canceled"],
  ["cancelled", "canceled"],
]);

/** Words without blanks that say "not yet" even where any other word may be a result's own. */
const RUNNING: ReadonlySet<string> = new Set([
  "notstarted",
  "running",
  "inprogress",
  "accepted",
  "pending",
  "queued",
  "updating",
  "creating",
  "deleting",
  "provisioning",
  "canceling",
  "cancelling",
  "undefined",
]);

const LISTS = ["succeeded", "failed", "canceled", "running"] as const;

/** What a final word means; `undefined` for every other word. */
export function endingOf(word: string, own?: StatusWords): Ending | undefined {
  const lowerCase = word.toLowerCase();
  const list = own && listOf(lowerCase, own);
  if (list === undefined) return ENDINGS.get(lowerCase);
  return list === "running" ? undefined : list;
}

/** Whether a word that is not final certainly says that it goes on. */
export function isRunningWord(word: string, own?: StatusWords): boolean {
  return RUNNING.has(word.toLowerCase().replace(/[\s_-]/g, "")) ||
    (own !== undefined && isOwnWord(word, own));
}

/** Whether the caller has said what a word means. */
export function isOwnWord(word: string, own: StatusWords | undefined): boolean {
  return own !== undefined && listOf(word.toLowerCase(), own) !== undefined;
}

/** Whether a good end is one in part: which part is told beside the word. */
export function isPartial(word: string): boolean {
  return /^partial/i.test(word);
}

function listOf(lowerCase: string, own: StatusWords): typeof LISTS[number] | undefined {
  return LISTS.find((name) => own[name]?.includes(lowerCase));
}

/**
 * Checks words of a caller's own.
 *
 * @returns The same words in lower case.
 * @throws {TypeError} Naming the field, or the two lists that have the same word.
 */
export function checkStatusWords(value: unknown, doing: string): StatusWords {
  const words = checkRecord(value, doing, "statusWords", LISTS);
  const meanings = new Map<string, string>();
  const lists: { [name in typeof LISTS[number]]?: string[] } = {};
  for (const name of LISTS) {
    const list = words[name];
    if (list === undefined) continue;
    const field = `statusWords.${name}`;
    if (!Array.isArray(list)) refuse(doing, field, "a list of words", list);
    lists[name] = list.map((word) => {
      const text = checkText(word, doing, field).toLowerCase();
      const other = meanings.get(text);
      if (other !== undefined && other !== name) {
        throw new TypeError(
          `Cannot ${doing}: ${JSON.stringify(text.slice(0, 40))} is in both ` +
            `statusWords.${other} and ${field}, expected it in one of them`,
        );
      }
      meanings.set(text, name);
      return text;
    });
  }
  return lists;
}
