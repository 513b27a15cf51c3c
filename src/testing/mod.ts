/**
 * For tests of code that waits: a clock that moves on command, a fetch that
 * plays a script, and providers to be had without an account. Runs in Deno, in
 * Node and in browsers ({@linkcode serveLoopback} needs sockets), and needs
 * nothing but this package.
 *
 * @module
 */
export type { JsonValue } from "../model/message.ts";
export type { Clock } from "../services.ts";
export {
  type AzureEmulator,
  type AzureEmulatorOptions,
  type AzureLoggedRequest,
  type AzureRequestKind,
  createAzureEmulator,
} from "./emulators/azure/emulator.ts";
export type {
  AzureBehaviour,
  AzureOperationState,
  AzureStart,
} from "./emulators/azure/operation.ts";
export { ConnectionDropped } from "../loopback/connection.ts";
export {
  createElasticioEmulator,
  type ElasticioEmulator,
  type ElasticioEmulatorOptions,
  type ElasticioLoggedRequest,
  type ElasticioRequestKind,
} from "./emulators/elasticio/emulator.ts";
export type {
  ElasticioBehaviour,
  ElasticioExecutionState,
} from "./emulators/elasticio/execution.ts";
export { inProcessFetch } from "./fetch/in_process_fetch.ts";
export type { RequestHandler } from "../loopback/connection.ts";
export type { InjectedFault } from "./emulators/kit/injected_fault.ts";
export {
  createLinodeEmulator,
  type LinodeCause,
  type LinodeEmulator,
  type LinodeEmulatorOptions,
  type LinodeLoggedRequest,
} from "./emulators/linode/emulator.ts";
export type {
  LinodeBehaviour,
  LinodeEntity,
  LinodeEventInit,
  LinodeEventState,
} from "./emulators/linode/events.ts";
export type { LinodeRequestKind } from "./emulators/linode/route.ts";
export {
  createLxdEmulator,
  type LxdCut,
  type LxdEmulator,
  type LxdEmulatorOptions,
  type LxdRestartOptions,
  type LxdStart,
} from "./emulators/lxd/emulator.ts";
export type { LxdRequestKind } from "./emulators/lxd/request_kind.ts";
export type { LxdBehaviour, LxdOperationState } from "./emulators/lxd/operation.ts";
export type {
  OciAction,
  OciExistingResource,
  OciPlan,
  OciResourceState,
} from "./emulators/oci/cloud.ts";
export {
  createOciEmulator,
  type OciEmulator,
  type OciEmulatorOptions,
  type OciLoggedRequest,
} from "./emulators/oci/emulator.ts";
export type { OciActionKind, OciBehaviour, OciErrorEntry } from "./emulators/oci/resource.ts";
export type { OciRequestKind } from "./emulators/oci/route.ts";
export type { LoggedRequest } from "./emulators/kit/request_log.ts";
export type { RequestLimit } from "./emulators/kit/request_window.ts";
export {
  createScriptedFetch,
  type Exchange,
  type ExpectedRequest,
  type RecordedRequest,
  type ScriptedFetch,
  type ScriptedFetchMembers,
  type ScriptedFetchOptions,
  type ScriptedResponse,
} from "./fetch/scripted_fetch.ts";
export {
  type LoopbackServer,
  serveLoopback,
  type ServeLoopbackOptions,
} from "../loopback/serve.ts";
export {
  createVirtualClock,
  type RunOptions,
  type VirtualClock,
  type VirtualClockOptions,
} from "./clock/virtual_clock.ts";
export {
  type ConformanceClaim,
  conformanceClaims,
  type ConformanceRow,
} from "./conformance/conformance.ts";
