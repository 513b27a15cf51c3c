/**
 * From a call to what `fetch` takes.
 *
 * @module
 */
import type { Call } from "../../model/message.ts";

/** The init that `fetch` takes; redirects are never left to it. */
export function toRequestInit(call: Call, signal: AbortSignal): RequestInit {
  const { method, headers, body } = call;
  if (body === undefined) {
    return headers === undefined
      ? { method, redirect: "manual", signal }
      : { method, headers: { ...headers }, redirect: "manual", signal };
  }
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const hasType = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === "content-type");
  return {
    method,
    headers: {
      ...(!isRaw && !hasType && { "content-type": "application/json" }),
      ...headers,
    },
    body: isRaw ? body as BodyInit : JSON.stringify(body),
    redirect: "manual",
    signal,
  };
}
