/**
 * Replies, mutated: what a proxy, a bug or another version of a service makes of
 * them.
 *
 * @module
 */
import type { PlainReply } from "./_mutated_lives.ts";

/** A reply that is not what it was. */
export interface Mutation {
  readonly name: string;
  readonly reply: PlainReply;
  /** No service sends this on purpose: it counts for nothing. */
  readonly isBroken?: boolean;
  /** What another question is answered with: it may well be a good end. */
  readonly isOther?: boolean;
}

/** What is put into the place of a field. */
const VALUES: readonly unknown[] = [null, 0, -1, "", "?", [], {}, true, 1e300, "Running"];
const STATUSES = [206, 304, 400, 401, 403, 404, 408, 409, 410, 418, 429, 500, 502, 503, 520, 599];
const GOOD_STATUSES = [200, 201, 202, 204];
const HEADERS: readonly [string, string][] = [
  ["retry-after", "-5"],
  ["retry-after", "soon"],
  ["retry-after", "99999999999999999999"],
  ["location", "http://[::"],
  ["location", "https://elsewhere.example/steal"],
  ["azure-asyncoperation", ""],
  ["content-type", "application/octet-stream"],
];

/** Every mutation of a reply. */
export function mutationsOf(reply: PlainReply, others: readonly PlainReply[]): Mutation[] {
  return [
    ...ofStatus(reply),
    ...ofHeaders(reply),
    ...ofBody(reply),
    ...others.filter((other) => other !== reply).map((other, index) => ({
      name: `the body of another reply, ${index}`,
      reply: { ...reply, json: other.json },
      isOther: true,
    })),
  ];
}

function ofStatus(reply: PlainReply): Mutation[] {
  return [...STATUSES, ...GOOD_STATUSES].filter((status) => status !== reply.status).map((
    status,
  ) => ({
    name: `status ${status}`,
    reply: { ...reply, status },
    isBroken: status >= 300 && status !== 303,
  }));
}

function ofHeaders(reply: PlainReply): Mutation[] {
  const { headers = {} } = reply;
  const dropped = Object.keys(headers).map((name) => {
    const { [name]: _, ...rest } = headers;
    return { name: `without ${name}`, reply: { ...reply, headers: rest } };
  });
  const changed = HEADERS.map(([name, value]) => ({
    name: `${name}: ${value}`,
    reply: { ...reply, headers: { ...headers, [name]: value } },
  }));
  return [...dropped, ...changed];
}

function ofBody({ json, ...reply }: PlainReply): Mutation[] {
  const text = JSON.stringify(json) ?? "";
  const asJson = { ...reply.headers, "content-type": "application/json" };
  const page = "<html><body>Sign in to go on</body></html>";
  const broken: Record<string, PlainReply> = {
    "HTML": { ...reply, headers: { ...reply.headers, "content-type": "text/html" }, text: page },
    "HTML that says it is JSON": { ...reply, headers: asJson, text: page },
  };
  for (const share of [0.3, 0.6, 0.95]) {
    if (text.length < 2) continue;
    const cut = text.slice(0, Math.floor(text.length * share));
    broken[`cut at ${share}`] = { ...reply, headers: asJson, text: cut };
    broken[`cut at ${share}, as text`] = {
      ...reply,
      headers: { ...reply.headers, "content-type": "text/plain" },
      text: cut,
    };
  }
  return [
    ...Object.entries(broken).map(([name, reply]) => ({ name, reply, isBroken: true })),
    { name: "no body", reply },
    ...[[], 7, "Succeeded", null].map((other) => ({
      name: `only ${JSON.stringify(other)}`,
      reply: { ...reply, json: other },
    })),
    ...changesOf(json).map(({ name, value }) => ({
      name,
      reply: { ...reply, json: value },
    })),
  ];
}

/** Every field left out, of another type, or twice as deep. */
function changesOf(value: unknown, path = ""): { name: string; value: unknown }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const put = (changed: unknown) =>
      Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
    const rest = Array.isArray(value)
      ? value.toSpliced(Number(key), 1)
      : Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    const name = `${path}${key}`;
    return [
      { name: `without ${name}`, value: rest },
      ...VALUES.map((other) => ({ name: `${name}: ${JSON.stringify(other)}`, value: put(other) })),
      { name: `${name} in a list`, value: put([field]) },
      ...changesOf(field, `${name}.`).map(({ name, value }) => ({ name, value: put(value) })),
    ];
  });
}
