/**
 * Progress as people expect it: it never goes backwards, and ends at 100 %.
 *
 * @module
 */
import type { Progress } from "../../model/verdict.ts";

/**
 * What to show after news. Estimates of providers go up and down: a lower percentage
 * is not shown, unless it is 0, by which the provider says that it starts anew.
 */
export function nextProgress(last: Progress | undefined, news: Progress): Progress {
  const before = last?.percent;
  const { percent } = news;
  const isBackwards = before !== undefined && percent !== undefined && percent !== 0 &&
    percent < before;
  return isBackwards ? { ...news, percent: before } : news;
}

/** What to show of one that has succeeded; nothing is made up where no percentage was known. */
export function finishProgress(last: Progress): Progress {
  const { percent, remainingMs: _, ...others } = last;
  return percent === undefined ? others : { ...others, percent: 100 };
}
