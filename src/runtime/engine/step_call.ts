/**
 * The call of an operation's step, with the caller's own headers.
 *
 * @module
 */
import type { Call } from "../../model/message.ts";
import type { ActorRecord } from "./actor_record.ts";
import { isDowngrade, originOf } from "../../model/url.ts";

/**
 * Asks the protocol for the call of a step.
 *
 * @param checkedUrl A URL of this operation that was found safe before.
 * @throws {TypeError} If it cannot be made, or must not be sent.
 */
export function makeCall(actor: ActorRecord, step: string, checkedUrl?: string): Call {
  const { protocol } = actor.kind;
  const call = protocol.call(step, actor);
  if (checkedUrl === undefined || call.url !== checkedUrl) {
    assertSafe(call.url, protocol.origin(actor.input));
    assertAllowed(call.url, actor.plan.allowedOrigins);
  }
  return addressCall(actor, call);
}

/** A call with the caller's own headers, which go to the provider's own origin only. */
export function addressCall({ input, kind }: ActorRecord, call: Call): Call {
  const { headers } = input as { headers?: Record<string, string> };
  if (!headers || originOf(call.url) !== kind.protocol.origin(input)) return call;
  return { ...call, headers: { ...headers, ...call.headers } };
}

function assertAllowed(url: string, origins: readonly string[] | undefined): void {
  if (!origins || origins.includes(originOf(url))) return;
  throw new TypeError(`${originOf(url)} is not among allowedOrigins: ${origins.join(", ")}`);
}

function assertSafe(url: string, home: string): void {
  // Nearly all are told by a comparison; a pattern costs ten times as much.
  if (url.startsWith("https://")) return;
  if (url.startsWith("http://") && home.startsWith("http://")) return;
  if (!/^https?:\/\//i.test(url)) {
    throw new TypeError(`expected an http URL, got ${JSON.stringify(url)}`);
  }
  if (!isDowngrade(home, url)) return;
  throw new TypeError(`${originOf(url)} would be asked without encryption, ${home} was not`);
}
