/**
 * For tests of code that waits: a clock that moves on command, a fetch that
 * plays a script, and providers to be had without an account. Runs in Deno, in
 * Node and in browsers ({@linkcode serveLoopback} needs sockets), and needs
 * nothing but this package.
 *
 * @module
 */
export type { JsonValue } from "../operation.ts";
export type { Clock } from "../services.ts";
export {
  type AzureEmulator,
  type AzureEmulatorOptions,
  type AzureLoggedRequest,
  type AzureRequestKind,
  createAzureEmulator,
} from "./azure_emulator.ts";
export type { AzureBehaviour, AzureOperationState, AzureStart } from "./azure_operation.ts";
export { ConnectionDropped } from "./connection.ts";
export {
  createElasticioEmulator,
  type ElasticioEmulator,
  type ElasticioEmulatorOptions,
  type ElasticioLoggedRequest,
  type ElasticioRequestKind,
} from "./elasticio_emulator.ts";
export type { ElasticioBehaviour, ElasticioExecutionState } from "./elasticio_execution.ts";
export { inProcessFetch, type RequestHandler } from "./in_process_fetch.ts";
export type { InjectedFault } from "./injected_fault.ts";
export {
  createLinodeEmulator,
  type LinodeCause,
  type LinodeEmulator,
  type LinodeEmulatorOptions,
  type LinodeLoggedRequest,
} from "./linode_emulator.ts";
export type {
  LinodeBehaviour,
  LinodeEntity,
  LinodeEventInit,
  LinodeEventState,
} from "./linode_events.ts";
export type { LinodeRequestKind } from "./linode_route.ts";
export {
  createLxdEmulator,
  type LxdCut,
  type LxdEmulator,
  type LxdEmulatorOptions,
  type LxdRequestKind,
  type LxdRestartOptions,
  type LxdStart,
} from "./lxd_emulator.ts";
export type { LxdBehaviour, LxdOperationState } from "./lxd_operation.ts";
export type { OciAction, OciExistingResource, OciPlan, OciResourceState } from "./oci_cloud.ts";
export {
  createOciEmulator,
  type OciEmulator,
  type OciEmulatorOptions,
  type OciLoggedRequest,
} from "./oci_emulator.ts";
export type { OciActionKind, OciBehaviour, OciErrorEntry } from "./oci_resource.ts";
export type { OciRequestKind } from "./oci_route.ts";
export type { LoggedRequest } from "./request_log.ts";
export type { RequestLimit } from "./request_window.ts";
export {
  createScriptedFetch,
  type Exchange,
  type ExpectedRequest,
  type RecordedRequest,
  type ScriptedFetch,
  type ScriptedFetchMembers,
  type ScriptedFetchOptions,
  type ScriptedResponse,
} from "./scripted_fetch.ts";
export { type LoopbackServer, serveLoopback, type ServeLoopbackOptions } from "./serve.ts";
export {
  createVirtualClock,
  type RunOptions,
  type VirtualClock,
  type VirtualClockOptions,
} from "./virtual_clock.ts";
export { type ConformanceClaim, conformanceClaims, type ConformanceRow } from "./conformance.ts";
