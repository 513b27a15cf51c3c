/**
 * What the demo is made of: each provider adds a table of scenarios.
 *
 * @module
 */
import type { LroErrorCode } from "../../model/error_json.ts";
import type { OutcomeKind } from "../../model/outcome.ts";
import type { Operation } from "../../model/message.ts";
import type { StartOptions } from "../../runtime/options.ts";
import type { Clock } from "../../services.ts";

/** One operation of the demo. */
export interface DemoScenario {
  /** What it shows, in two or three words. */
  readonly name: string;
  /** What is run. */
  readonly operation: Operation;
  /** How it is run. */
  readonly start?: StartOptions;
  /** When the demo cancels it, in milliseconds from its start. */
  readonly cancelAfterMs?: number;
  /** How it should end. */
  readonly expected: OutcomeKind;
  /** With which error. */
  readonly expectedCode?: LroErrorCode;
}

/** One provider's part of the demo. */
export interface DemoProvider {
  /** The provider as people know it. */
  readonly title: string;
  /** Makes its emulator. */
  createHandler(
    clock: Clock,
  ): (request: Request) => Response | Promise<Response>;
  /** What is run against it, in about eight seconds altogether. */
  scenarios(baseUrl: string): readonly DemoScenario[];
}
