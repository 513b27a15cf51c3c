/**
 * What one provider adds to the command: a row in the table of
 * `providers/mod.ts`, and nothing anywhere else.
 *
 * @module
 */
import type { JsonValue, Operation } from "../model/message.ts";
import type { OperationHandle } from "../model/handle.ts";
import type { RefreshableFetch } from "../model/fetch.ts";
import type { CredentialSource } from "./credentials/credentials.ts";

/** One option of `lro wait`. */
export interface CliOption {
  /** As commander writes it, e.g. `"--base-url <url>"`. */
  readonly flags: string;
  /** One line. */
  readonly description: string;
  /**
   * Whether it may be given several times; see {@linkcode CliBuilding.all}.
   *
   * @default {false}
   */
  readonly isRepeatable?: boolean;
}

/** What stands on the command line without an option's name before it. */
export interface CliArgument {
  /** Its name, e.g. `"url"`. */
  readonly name: string;
  /** One line. */
  readonly description: string;
  /**
   * Whether it may be left out; then `build` says what is missing.
   *
   * @default {false}
   */
  readonly isOptional?: boolean;
}

/** Values of the argument and of options, by their names in camel case. */
export type CliValues = Readonly<Record<string, string | undefined>>;

/** What an operation may need while it is built from the command line. */
export interface CliBuilding {
  /**
   * Reads a JSON object given in place, as `@file`, or as `-` for the standard input.
   *
   * @param flag The option's name, for the error text.
   */
  readJsonObject(
    argument: string,
    flag: string,
  ): Promise<Record<string, unknown>>;
  /** Reads any JSON in the same way. */
  readJson(argument: string, flag: string): Promise<JsonValue>;
  /** Every value of a repeatable option, by its name in camel case, in order. */
  all(name: string): readonly string[];
  /** Tells the user something that is not an error. */
  warn(text: string): void;
}

/** One thing to wait for. */
export interface CliOperation {
  /** The second word after the provider's name; absent where the provider has only one. */
  readonly name?: string;
  /** One line. */
  readonly summary: string;
  /**
   * What the command does.
   *
   * @default {"Starts ... and waits for its value."}
   */
  readonly description?: string;
  /** What it is called with, before all options. */
  readonly argument?: CliArgument;
  /** Its own options; the common ones are added. */
  readonly options: readonly CliOption[];
  /** A command line that works, without `lro wait`. */
  readonly example: string;
  /**
   * Makes the operation.
   *
   * @throws {UsageError | TypeError} If the options do not fit.
   */
  build(values: CliValues, building: CliBuilding): Promise<Operation>;
}

/** What an action works with. */
export interface CliActing {
  /** Fetch, with credentials. */
  readonly fetch: RefreshableFetch;
  /** Whether a program reads what is printed. */
  readonly isJson: boolean;
}

/** Something that is done at once, without waiting: `lro <provider> <name>`. */
export interface CliAction {
  /** The word after the provider's name. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** What it is called with, before all options. */
  readonly argument?: CliArgument;
  /** Its own options; the common ones are added. */
  readonly options: readonly CliOption[];
  /** A command line that works, without `lro`. */
  readonly example: string;
  /**
   * Any operation of the server that is asked, which credentials are found for.
   *
   * @throws {TypeError} If the options do not fit.
   */
  home(values: CliValues): Operation;
  /**
   * Does it.
   *
   * @returns What is printed.
   * @throws {LroError} If it cannot be done.
   */
  run(values: CliValues, acting: CliActing): Promise<string>;
}

/** Where credentials may go. */
export interface CliAuthorizing {
  /** Origins that the credentials are meant for. */
  readonly origins: readonly string[];
  /** What sends the request. */
  readonly fetch: RefreshableFetch;
  /** Tells the user something that is not an error. */
  readonly warn: (text: string) => void;
}

/** One provider. */
export interface CliProvider {
  /** Its name, the first part of its kinds' names. */
  readonly name: string;
  /** What can be waited for. */
  readonly operations: readonly CliOperation[];
  /** What can be done at once. */
  readonly actions?: readonly CliAction[];
  /** Its own, well-known origins: credentials may go there whatever a token says. */
  readonly origins: readonly string[];
  /** Whether an origin is one of them, where they are too many to list. */
  readonly isOwnOrigin?: (origin: string) => boolean;
  /** How credentials are given, for `--help` and for hints. */
  readonly credentialsHelp: string;
  /**
   * Does what an operation leaves to its caller, whether it was started or taken up again.
   *
   * @param remark Tells the user something that is not an error.
   */
  readonly attend?: (handle: OperationHandle, remark: (text: string) => void) => void;
  /**
   * Wraps fetch so that it sends credentials.
   *
   * @returns `undefined` where there are no credentials.
   * @throws {UsageError} If there are only half of them.
   */
  authorize(
    credentials: CredentialSource,
    options: CliAuthorizing,
  ): RefreshableFetch | undefined | Promise<RefreshableFetch | undefined>;
}
