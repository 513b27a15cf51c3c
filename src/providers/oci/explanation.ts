/**
 * Why a work request failed: its error entries and log lines, page by page.
 *
 * | step | reply | verdict |
 * | --- | --- | --- |
 * | `readErrors` | a page, and `opc-next-page` | `more` |
 * | | the last page, or anything else | `complete` |
 * | `readLogs` | a page, and `opc-next-page` | `more` |
 * | | the last page, or anything else | the end that the work request had |
 * | either | 400 to a question without `compartmentId`, where that is known | `more`, with it |
 *
 * The common Work Requests API takes no `compartmentId`; services with an API of
 * their own may demand it ("ListWorkRequestErrors" of Kubernetes Engine).
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { StepPolicy } from "../../model/step.ts";
import type { Failure, Verdict } from "../../model/verdict.ts";
import type { Reply } from "../../model/message.ts";
import { entryCode, entryText, isGood, isTransient, textOf } from "./reply.ts";

/** What an operation remembers while it asks why. */
export interface ExplanationMemory {
  /** How the work request ended. */
  readonly ending?: "failed" | "canceled";
  /** The work request as it ended. */
  readonly workRequest?: unknown;
  /** Its error entries so far. */
  readonly errors?: readonly unknown[];
  /** Its log lines so far. */
  readonly logs?: readonly unknown[];
  /** The page to be read next; the first where it is absent. */
  readonly page?: string;
  /** Pages of the present list that were read. */
  readonly pages?: number;
  /** Whether the lists are told the compartment, where the first try was refused. */
  readonly isByCompartment?: boolean;
}

/** The steps that ask why. */
export type ExplainingStep = "readErrors" | "readLogs";

/** A failure is told soon, whether or not its reasons can be had. */
export const EXPLAIN: StepPolicy = { repeat: "always", attempts: 3, isTransient };

/** As many pages of each list are read. */
const MAX_PAGES = 100;

/** The URL of the page that comes next. */
export function explanationUrl(
  step: ExplainingStep,
  workRequestUrl: string,
  memory: ExplanationMemory,
): string {
  const { page } = memory;
  const [path, query] = workRequestUrl.split("?", 2);
  const isAsked = memory.isByCompartment ?? !isCommon(path!);
  const compartment = isAsked ? compartmentOf(memory) : undefined;
  const fields = [
    query,
    compartment && `compartmentId=${encodeURIComponent(compartment)}`,
    page && `page=${encodeURIComponent(page)}`,
  ].filter(Boolean);
  const list = `${path}/${step === "readErrors" ? "errors" : "logs"}`;
  return fields.length === 0 ? list : `${list}?${fields.join("&")}`;
}

/** Whether a work request is one of the common API. */
function isCommon(path: string): boolean {
  return path.includes("/20160918/workRequests/");
}

function compartmentOf({ workRequest }: ExplanationMemory): string | undefined {
  return isRecord(workRequest) ? textOf(workRequest["compartmentId"]) : undefined;
}

/** What a page means. */
export function readExplanation(
  step: ExplainingStep,
  reply: Reply,
  memory: ExplanationMemory & { readonly url?: string },
): Verdict {
  const list = step === "readErrors" ? "errors" : "logs";
  const isRefused = reply.status === 400 && compartmentOf(memory) !== undefined;
  if (isRefused && memory.isByCompartment === undefined) {
    // Some lists must be told the compartment, others do not know it: the other way then.
    return { type: "more", memory: { isByCompartment: isCommon(memory.url ?? "") } };
  }
  const entries = isGood(reply) ? entriesOf(reply.body) : undefined;
  const known = { ...memory, [list]: [...memory[list] ?? [], ...entries ?? []] };
  const next = entries && textOf(reply.headers["opc-next-page"]);
  const pages = (memory.pages ?? 0) + 1;
  if (next !== undefined && next !== memory.page && pages < MAX_PAGES) {
    return { type: "more", memory: { [list]: known[list], page: next, pages } };
  }
  return step === "readErrors"
    ? { type: "complete", memory: { errors: known.errors, page: undefined, pages: undefined } }
    : endOf(known);
}

/** The end of a work request that is known to have ended badly, with what is known of the reasons. */
export function endOf({ ending, workRequest, errors = [], logs = [] }: ExplanationMemory): Verdict {
  const [first] = errors;
  const why = entryText(first);
  const code = isRecord(first) ? entryCode(first) : undefined;
  const message = isRecord(first) ? textOf(first["message"]) : undefined;
  const isFailed = ending !== "canceled";
  const text = isFailed ? "Work request failed" : "Work request was canceled";
  const failure: Failure = {
    code: isFailed ? "operation-failed" : "operation-canceled",
    message: why === undefined ? text : `${text}: ${why}`,
    ...(code !== undefined && { providerCode: code }),
    ...(message !== undefined && { providerMessage: message }),
    details: { workRequest, errors, logs },
  };
  return { type: isFailed ? "failed" : "canceled", failure };
}

/** Services answer with a list, or with one under `items`. */
function entriesOf(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body;
  return isRecord(body) && Array.isArray(body["items"]) ? body["items"] : undefined;
}
