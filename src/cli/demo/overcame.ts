/**
 * What an operation got over on its way.
 *
 * @module
 */
import type { OperationSnapshot } from "../../model/outcome.ts";
import type { OperationHandle } from "../../model/handle.ts";

/** A snapshot, as far as it tells why the last attempt came to nothing. */
type Told = OperationSnapshot & { readonly trouble?: { readonly reason: string } };

/** Notes every reason for which an attempt came to nothing, once, in the order of their coming. */
export function noteTrouble(handle: OperationHandle): readonly string[] {
  const reasons: string[] = [];
  handle.subscribe((snapshot: Told) => {
    const reason = snapshot.trouble?.reason;
    if (reason !== undefined && !reasons.includes(reason)) reasons.push(reason);
  });
  return reasons;
}
