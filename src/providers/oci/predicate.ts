/**
 * Predicates by name: a function cannot be written into a token, its name can.
 *
 * @module
 */
import { isRecord } from "../../model/check_input.ts";
import type { Reply } from "../../model/message.ts";

/**
 * Says whether a reply is the one that was waited for.
 *
 * @param body The parsed body.
 * @param reply The whole reply.
 */
export type Predicate<T = unknown> = (body: T, reply: Reply) => boolean;

const predicates = new Map<string, Predicate>();

/**
 * Makes a predicate known by name, so that an operation that uses it can be
 * written to a token and restored by any process that registers the same name.
 * Registering a name again replaces it.
 *
 * @example Usage
 * ```ts
 * import { oci } from "@lro/machines";
 * import { assertEquals } from "@std/assert";
 *
 * oci.registerPredicate<unknown[]>("someVolumes", (volumes) => volumes.length > 0);
 *
 * const operation = oci.waitUntil({
 *   get: { method: "GET", url: "https://iaas.us-ashburn-1.oraclecloud.com/20160918/volumes" },
 *   evaluate: "someVolumes",
 * });
 * assertEquals(JSON.parse(JSON.stringify(operation)), operation);
 * ```
 *
 * @typeParam T The type of the body.
 * @param name What `evaluate` calls it.
 * @param predicate Answers at once, without waiting for anything.
 * @throws {TypeError} If the name is empty or the predicate is no function.
 */
export function registerPredicate<T = unknown>(name: string, predicate: Predicate<T>): void {
  if (typeof name !== "string" || name === "") {
    throw new TypeError("Cannot register predicate: its name must be a text");
  }
  if (typeof predicate !== "function") {
    throw new TypeError(
      `Cannot register predicate "${name}": expected a function, got ${typeof predicate}`,
    );
  }
  predicates.set(name, predicate as Predicate);
}

/**
 * The predicate that `evaluate` stands for.
 *
 * @throws {TypeError} If nobody registered the name.
 */
export function findPredicate(evaluate: string | Predicate): Predicate {
  if (typeof evaluate === "function") return evaluate;
  const predicate = predicates.get(evaluate);
  if (predicate) return predicate;
  throw new TypeError(
    `Cannot find predicate ${JSON.stringify(evaluate)}: known are ${
      [...predicates.keys()].join(", ") || "none"
    }; call registerPredicate first`,
  );
}

/**
 * Asks a predicate.
 *
 * @throws What it throws, and a `TypeError` if it answers with a promise, which is always truthy.
 */
export function holds(evaluate: string | Predicate, reply: Reply): boolean {
  const answer: unknown = findPredicate(evaluate)(reply.body, reply);
  if (isRecord(answer) && typeof answer["then"] === "function") {
    throw new TypeError("evaluate must answer at once, got a promise");
  }
  return Boolean(answer);
}
