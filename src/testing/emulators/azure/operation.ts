/**
 * One long-running operation inside the Azure emulator: what becomes of it, and
 * when.
 *
 * @module
 */
import type { JsonValue } from "../../../model/message.ts";
import type { InjectedFault } from "../kit/injected_fault.ts";

/** The request that starts an operation. */
export interface AzureStart {
  /** HTTP method. */
  readonly method: string;
  /** The resource's path, without the query. */
  readonly path: string;
  /** The parsed JSON, the text where it is not JSON, `undefined` where it is empty. */
  readonly body: unknown;
}

/** What one operation does. */
export interface AzureBehaviour {
  /**
   * How it can be polled: by a monitor that one of two headers names, by
   * `Location`, by the resource itself (PUT and PATCH), or not at all, because it
   * is done at once.
   *
   * @default {"azure-async-operation"}
   */
  readonly pollBy?:
    | "azure-async-operation"
    | "operation-location"
    | "location"
    | "body"
    | "nothing"
    | undefined;
  /**
   * How long it takes, in milliseconds.
   *
   * @default {0}
   */
  readonly durationMs?: number | undefined;
  /**
   * How it ends.
   *
   * @default {"succeeds"}
   */
  readonly end?: "succeeds" | "fails" | "cancels" | undefined;
  /**
   * What a POST yields.
   *
   * @default {undefined} Nothing.
   */
  readonly result?: JsonValue | undefined;
  /**
   * Why it fails or is canceled, in the shape of OData.
   *
   * @default {{ code: "Conflict", message: "The operation failed." }}
   */
  readonly error?: Readonly<Record<string, JsonValue>> | undefined;
  /**
   * Whether the result of a monitored POST is at a `Location`, instead of in the
   * `properties` of the monitor.
   *
   * @default {false}
   */
  readonly resultAtLocation?: boolean | undefined;
  /**
   * Whether its polling URL is another one after every poll; an old one is
   * forgotten.
   *
   * @default {false}
   */
  readonly moves?: boolean | undefined;
  /**
   * How long its polling URL is not known yet and answers 404, in milliseconds:
   * Azure is eventually consistent.
   *
   * @default {0}
   */
  readonly unknownForMs?: number | undefined;
  /**
   * The shortest pause between two polls that is let pass, in milliseconds; sooner
   * ones are answered 429, with the rest of it in `Retry-After`.
   *
   * @default {0}
   */
  readonly leastPauseMs?: number | undefined;
  /**
   * The `Retry-After` of the first reply and of every poll until it ends, in
   * seconds.
   *
   * @default {undefined} None.
   */
  readonly retryAfterSeconds?: number | undefined;
  /**
   * The status word of its good end, such as `"PartiallySucceeded"` or `"Completed"`:
   * data planes have their own.
   *
   * @default {"Succeeded"}
   */
  readonly finalWord?: string | undefined;
  /**
   * The status word for as long as it runs.
   *
   * @default {"InProgress"}
   */
  readonly runningWord?: string | undefined;
  /**
   * Whether its polling URL is gone, and answers 404, once it is over: as one that
   * lies under the resource that is deleted.
   *
   * @default {false}
   */
  readonly vanishes?: boolean | undefined;
  /**
   * Whether its `Location` tells the state in a body with 200, as Fabric does: in
   * the end with a `Location` of the result, or with an error.
   *
   * @default {false}
   */
  readonly stateAtLocation?: boolean | undefined;
  /**
   * Whether its monitor answers with the resource, without a status, to a PUT or
   * PATCH.
   *
   * @default {false}
   */
  readonly resourceAtMonitor?: boolean | undefined;
  /**
   * How many of its first polls are over the quota and answered 429, each with a
   * `Retry-After` of 10 s.
   *
   * @default {0}
   */
  readonly throttledPolls?: number | undefined;
  /** What goes wrong with its own polls, counted from its first. */
  readonly faults?: readonly InjectedFault<"poll">[] | undefined;
}

/** Where an operation stands. */
export interface AzureOperationState extends AzureStart {
  /** Its id. */
  readonly id: string;
  /** When it was started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** How it is. */
  readonly state: "running" | "succeeded" | "failed" | "canceled";
  /** How many polls have arrived. */
  readonly polls: number;
}

/** An operation, as the emulator keeps it. */
export interface AzureOperation extends AzureStart {
  /** Its id. */
  readonly id: string;
  /** When it was started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** What it does. */
  readonly behaviour: AzureBehaviour;
  /** How many polls have arrived. */
  polls: number;
  /** When the last poll was answered, in milliseconds since the epoch. */
  polledAt: number;
  /** How often its URL has moved. */
  moved: number;
}

const STATES = { succeeds: "succeeded", fails: "failed", cancels: "canceled" } as const;

/** How an operation is at `now`. */
export function stateAt(
  { behaviour, startedAt }: AzureOperation,
  now: number,
): AzureOperationState["state"] {
  const { durationMs = 0, end = "succeeds" } = behaviour;
  return now < startedAt + durationMs ? "running" : STATES[end];
}

/** What an operation's monitor says at `now`. */
export function monitorBody(operation: AzureOperation, now: number): Record<string, JsonValue> {
  const { id, startedAt, behaviour } = operation;
  const { durationMs = 0, result, resultAtLocation, runningWord = "InProgress" } = behaviour;
  const { finalWord = "Succeeded" } = behaviour;
  const state = stateAt(operation, now);
  const isOver = state !== "running";
  return {
    id: `/operations/${id}`,
    name: id,
    status: !isOver ? runningWord : state === "succeeded" ? finalWord : capitalized(state),
    startTime: new Date(startedAt).toISOString(),
    ...(isOver && { endTime: new Date(startedAt + durationMs).toISOString() }),
    percentComplete: isOver ? 100 : Math.floor((now - startedAt) / durationMs * 100),
    ...(state === "succeeded" && result !== undefined && !resultAtLocation && {
      properties: result,
    }),
    ...((state === "failed" || state === "canceled") && { error: errorOf(operation) }),
  };
}

/** Why an operation fails or is canceled. */
export function errorOf({ behaviour }: AzureOperation): Readonly<Record<string, JsonValue>> {
  const { error, end } = behaviour;
  return error ??
    (end === "cancels"
      ? { code: "OperationCanceled", message: "The operation was canceled." }
      : { code: "Conflict", message: "The operation failed." });
}

/** `provisioningState` of a resource whose latest operation is this one. */
export function provisioningStateAt(operation: AzureOperation, now: number): string {
  const state = stateAt(operation, now);
  if (state !== "running") return capitalized(state);
  const { method } = operation;
  return method === "PUT" ? "Creating" : method === "DELETE" ? "Deleting" : "Updating";
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
