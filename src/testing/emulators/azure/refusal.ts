/**
 * How Azure refuses.
 *
 * @module
 */

/** Refuses a request as Azure does. */
export function refusal(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ error: { code, message } }, { status, headers });
}
