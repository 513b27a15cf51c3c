/**
 * Stands in for `@std/http/unstable-route` where JSR cannot be reached: a
 * router over `URLPattern`, with the genuine signatures and semantics.
 *
 * @module
 */

/** Answers a request that a route matches. */
export type Handler = (
  request: Request,
  params?: URLPatternResult,
  info?: Deno.ServeHandlerInfo,
) => Response | Promise<Response>;

/** Which requests go to which handler. */
export interface Route {
  /** What the URL must look like. */
  pattern: URLPattern;
  /** Which method, or which of several; every one where it is not given. */
  method?: string | string[];
  /** Answers the request. */
  handler: Handler;
}

/** Answers a request, as `Deno.serve` wants it. */
type Serve = (
  request: Request,
  info?: Deno.ServeHandlerInfo,
) => Response | Promise<Response>;

/**
 * Makes a handler that gives each request to the first route that matches it.
 *
 * @param routes Tried in their order.
 * @param defaultHandler Answers what no route matches.
 */
export function route(routes: Route[], defaultHandler: Serve): Serve {
  return (request, info) => {
    for (const { pattern, method, handler } of routes) {
      if (method !== undefined && ![method].flat().includes(request.method)) continue;
      const params = pattern.exec(request.url);
      if (params) return handler(request, params, info);
    }
    return defaultHandler(request, info);
  };
}
