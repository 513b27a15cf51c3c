/**
 * What an Azure operation remembers between its replies.
 *
 * @module
 */
import type { ProtocolState } from "../../kind.ts";
import type { AzureInput } from "./input.ts";

/** What an operation remembers. */
export interface AzureMemory {
  /** When the first reply came, in milliseconds after the start. */
  readonly acceptedMs?: number;
  /** How it is polled. */
  readonly mode?: "monitor" | "location" | "body";
  /** Where it is polled. */
  readonly pollUrl?: string;
  /** The first reply's `Location`, as it was written there. */
  readonly location?: string;
  /** Where the result is, once it is there. */
  readonly finalUrl?: string;
}

/** What the readers of replies look at. */
export type State = ProtocolState<AzureInput, AzureMemory>;
