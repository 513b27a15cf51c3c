/**
 * Wait for the cloud: long-running operations of cloud APIs as XState machines,
 * any number of them on one shared clock and one shared fetch.
 *
 * @example Usage
 * ```ts
 * import { elasticio, wait } from "@lro/machines";
 *
 * const operation = elasticio.poll({ executionId: "540492e623773659c5000002" });
 * const controller = new AbortController();
 * const waiting = wait(operation, { signal: controller.signal, deadlineMs: 60_000 });
 * controller.abort(new Error("enough"));
 * await waiting.catch((error) => error.message); // "enough"
 * ```
 *
 * @module
 */
export * from "./src/core.ts";

export * as azure from "./src/providers/azure/mod.ts";
export * as linode from "./src/providers/linode/mod.ts";
export * as lxd from "./src/providers/lxd/mod.ts";
export * as elasticio from "./src/providers/elasticio/mod.ts";
export * as oci from "./src/providers/oci/mod.ts";
