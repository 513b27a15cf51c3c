/**
 * What a real LXD 5.0.2 answered, and what Hyperkit (commit 25be5c6) makes of it,
 * in the order of its own examples; `differs` says where we end otherwise, and why.
 * Answers are `[HTTP status, type, status code or error code, error]`.
 */

/** An answer of LXD. */
export type LxdAnswer = readonly [
  status: number,
  type: "async" | "sync" | "error" | "empty",
  code?: number,
  error?: string,
];

/** One recorded exchange or more. */
export interface LxdVector {
  readonly id: string;
  readonly claim: string;
  readonly does: "start" | "wait" | "cancel" | "list";
  readonly answers: readonly LxdAnswer[];
  /** `"succeeded"`, or the code of the error. */
  readonly end: string;
  /** What is asked, method and path after `/1.0`. */
  readonly asks: readonly string[];
  readonly differs?: string;
}

const ID = "b8d84888-1dc2-44fd-b386-7f679e171ba5";
const GET = `GET /operations/${ID}`;
const WAIT = `${GET}/wait?timeout=30`;
const FORGETS = "Hyperkit says NotFound, which does not tell that it may have ended well";

export const LXD_VECTORS: readonly LxdVector[] = [
  {
    id: "wait-01",
    claim: "an image is created and waited for",
    does: "start",
    answers: [[202, "async", 103], [200, "sync", 200]],
    end: "succeeded",
    asks: ["POST /images", WAIT],
  },
  {
    id: "wait-03",
    claim: "a wait without a timeout waits for the end",
    does: "wait",
    answers: [[200, "sync", 103], [200, "sync", 200]],
    end: "succeeded",
    asks: [GET, WAIT],
    differs: "Hyperkit waits in one request for ever, which a proxy or a dead connection cuts",
  },
  {
    id: "wait-05",
    claim: "a newer server says by HTTP 200 and an error that it waited in vain",
    does: "start",
    answers: [
      [202, "async", 103],
      [200, "error", 500, "context deadline exceeded"],
      [200, "sync", 200],
    ],
    end: "succeeded",
    asks: ["POST /images", WAIT, GET],
    differs: "Hyperkit takes it for a success without a value",
  },
  {
    id: "wait-06",
    claim: "an operation that failed is an error, in spite of HTTP 200",
    does: "start",
    answers: [
      [202, "async", 103],
      [200, "sync", 400, "Image with same fingerprint already exists"],
    ],
    end: "operation-failed",
    asks: ["POST /images", WAIT],
  },
  {
    id: "wait-08",
    claim: "the first of Cancelled and Failure counts",
    does: "wait",
    answers: [[200, "sync", 401]],
    end: "operation-canceled",
    asks: [GET],
  },
  {
    id: "wait-10",
    claim: "what ended within the last 5 s can be waited for",
    does: "wait",
    answers: [[200, "sync", 200]],
    end: "succeeded",
    asks: [GET],
  },
  {
    id: "wait-12",
    claim: "an early server says by HTTP 500 that it does not know an operation",
    does: "wait",
    answers: [[500, "error", 500, "open: no such file or directory"]],
    end: "operation-expired",
    asks: [GET],
    differs: FORGETS,
  },
  {
    id: "cancel-01",
    claim: "what runs is canceled, which is answered with an empty object",
    does: "cancel",
    answers: [[200, "empty"]],
    end: "succeeded",
    asks: [`DELETE /operations/${ID}`],
  },
  {
    id: "cancel-03",
    claim: "what is gone is not canceled",
    does: "cancel",
    answers: [[404, "error", 404, "Operation not found"]],
    end: "operation-expired",
    asks: [`DELETE /operations/${ID}`],
    differs: FORGETS,
  },
  {
    id: "list-02",
    claim: "an empty list is an empty object",
    does: "list",
    answers: [[200, "empty"]],
    end: "succeeded",
    asks: ["GET /operations?recursion=1"],
  },
];
