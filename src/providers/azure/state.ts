/**
 * What an Azure operation remembers between its replies.
 *
 * @module
 */
import type { ProtocolState } from "../../model/step.ts";
import type { AzureInput } from "./input.ts";

/** What an operation remembers. */
export interface AzureMemory {
  /** When the first reply came, in milliseconds after the start. */
  readonly acceptedMs?: number;
  /**
   * How it is polled. `joined`: by a URL of which is not known yet whether a
   * monitor, a `Location` or a resource is there. `result`: it is over, and what
   * it yielded is not there yet.
   */
  readonly mode?: "monitor" | "location" | "body" | "joined" | "result";
  /** Where it is polled. */
  readonly pollUrl?: string;
  /** The first reply's `Location`, as it was written there. */
  readonly location?: string;
  /** Where the result is, once it is there. */
  readonly finalUrl?: string;
  /** When the first poll was answered, in milliseconds after the start. */
  readonly answeredMs?: number;
  /** A 404 to a poll was asked again. */
  readonly wasUnknown?: boolean;
  /** What was told where the polling URL vanished. */
  readonly vanished?: Vanished;
  /** What the first reply says of that which it started. */
  readonly started?: Started;
}

/** The refusal of a polling URL that is not there any more. */
export interface Vanished {
  /** HTTP status: 404 or 410. */
  readonly status: number;
  /** The service's own code. */
  readonly providerCode?: string;
  /** The service's own words. */
  readonly providerMessage?: string;
}

/** What was started, as far as the first reply names it. */
export interface Started {
  /** `id` of its body: the resource, or the job. */
  readonly id?: string;
  /** Its header with the operation's id. */
  readonly operationId?: string;
}

/** What the readers of replies look at. */
export type State = ProtocolState<AzureInput, AzureMemory>;
