/**
 * Linode's pages.
 *
 * Source: Linode API v4, "Pagination".
 *
 * @module
 */

const LEAST = 25;
const MOST = 500;
const USUAL = 100;

/** Which page is asked for. */
export interface PageQuery {
  /** From 1. */
  readonly page: number;
  /** Items on each. */
  readonly size: number;
}

/** What is wrong with a query, as the API says it. */
export interface PageComplaint {
  /** The parameter. */
  readonly field: string;
  /** Why. */
  readonly reason: string;
}

/** Reads `page` and `page_size`. */
export function readPageQuery(query: URLSearchParams): PageQuery | PageComplaint {
  const page = Number(query.get("page") ?? 1);
  const size = Number(query.get("page_size") ?? USUAL);
  if (!Number.isInteger(page) || page < 1) return { field: "page", reason: "Must be 1 or more" };
  return Number.isInteger(size) && size >= LEAST && size <= MOST
    ? { page, size }
    : { field: "page_size", reason: `Must be ${LEAST}-${MOST}` };
}

/** One page of items, in the API's envelope. */
export function pageOf<Item>(items: readonly Item[], { page, size }: PageQuery): {
  readonly data: readonly Item[];
  readonly page: number;
  readonly pages: number;
  readonly results: number;
} {
  return {
    data: items.slice((page - 1) * size, page * size),
    page,
    pages: Math.max(1, Math.ceil(items.length / size)),
    results: items.length,
  };
}
