/** Everything that a server, a proxy or a network may do instead of answering well. */
import type { JsonValue } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";

/** What is answered; what a scripted response cannot say is a function. */
export type Answer = ScriptedResponse | ((request: Request) => Response | Promise<Response>);

/** One fault, given the good reply in whose place it comes and the one before it. */
export interface FaultSpec {
  readonly name: string;
  readonly answer: (good: ScriptedResponse, before: ScriptedResponse | undefined) => Answer;
  /** It holds the good reply, so that the life may go on as if nothing had been. */
  readonly isBenign?: true;
  /** The status it shows, where it shows one. */
  readonly status?: number;
  /** The JSON of it, where any JSON may be a result. */
  readonly json?: JsonValue;
  /** It says by itself that the request was certainly not processed. */
  readonly isUnprocessed?: true;
  /** How its server asks to be left alone, in seconds, where it means it. */
  readonly retryAfter?: true;
}

/** Never to be seen in anything that is shown; where it comes from a server, it is under a secret's name. */
export const SECRET = "S3cr3tS3cr3tS3cr3t";

const EVIL = "https://evil.example";

/** A response of any status, 0 and 1xx too, which the constructor refuses. */
function odd(status: number, body: BodyInit | null = null, headers: HeadersInit = {}): Response {
  const response = new Response(body, { status: 200, headers });
  Object.defineProperty(response, "status", { value: status });
  Object.defineProperty(response, "ok", { value: false });
  return response;
}

const always = (answer: Answer) => () => answer;

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

const STATUSES = [
  0,
  ...range(100, 103),
  199,
  ...range(200, 208),
  226,
  299,
  ...range(300, 308),
  399,
  ...range(400, 418),
  ...range(421, 426),
  428,
  429,
  431,
  451,
  499,
  ...range(500, 511),
  ...range(520, 527),
  530,
  598,
  599,
  600,
  999,
];

const bare: FaultSpec[] = STATUSES.map((status) => ({
  name: `HTTP ${status}`,
  status,
  ...(status === 429 && { isUnprocessed: true }),
  answer: always(() => odd(status)),
}));

const ERROR = { code: "Boom", message: "it went boom", error: { code: "Boom", message: "boom" } };
const withError: FaultSpec[] = [200, 201, 202, 301, 400, 401, 403, 404, 409, 410, 412, 422, 500]
  .map((status) => ({
    name: `HTTP ${status} with an error object`,
    status,
    json: ERROR,
    answer: always({ status, json: ERROR }),
  }));

const PAGE = "<!doctype html><html><body>Sign in</body></html>";
const pages: FaultSpec[] = [200, 201, 202, 203, 206, 400, 401, 403, 404, 410, 502, 503].map(
  (status) => ({
    name: `HTTP ${status} with a page`,
    status,
    answer: always({ status, text: PAGE, headers: { "content-type": "text/html" } }),
  }),
);

type Body = readonly [name: string, text: string, type?: string, status?: number];
const texts: FaultSpec[] = ([
  ["a word", "OK", "text/plain"],
  ["a good word", "Succeeded", "text/plain"],
  ["a good word without a type", "Succeeded"],
  ["cut JSON", '{"status":"Succeeded","pro', "application/json"],
  ["cut JSON sent as text", '{"status":"Succeeded","pro', "text/plain"],
  ["cut JSON sent as bytes", '{"status":"Succeeded"', "application/octet-stream"],
  ["a page that calls itself JSON", PAGE, "application/json"],
  ["a page without a type", PAGE],
  ["XML", "<?xml version='1.0'?><Status>Succeeded</Status>", "application/xml"],
  ["blanks", "  \r\n ", "application/json"],
  ["a mark of byte order and nothing", "\uFEFF", "application/json"],
  ["a page with 201", PAGE, "text/html; charset=utf-8", 201],
  ["cut JSON with 202", '{"a":', "application/json", 202],
] as Body[]).map(([name, text, type, status = 200]) => ({
  name,
  status,
  answer: always({
    status,
    text,
    ...(type !== undefined && { headers: { "content-type": type } }),
  }),
}));

const VALUES: Record<string, JsonValue> = {
  null: null,
  true: true,
  seven: 7,
  "a text": "Succeeded",
  "an array": [],
  "an empty object": {},
  "an array of nulls": [null, null],
  "an object of wrong types": {
    status: 200,
    state: [true],
    metadata: "x",
    data: 1,
    properties: [],
    error: 3,
    id: {},
  },
  "a status that is an object": { status: { toString: "Succeeded" }, metadata: { status: {} } },
  "a status nobody knows": { status: "Frobnicated", metadata: { status: "Frobnicated" } },
  "a foreign list": { data: [{ id: "x", action: 1, status: null, entity: 4 }], page: "1" },
};
const values: FaultSpec[] = Object.entries(VALUES).map(([name, json]) => ({
  name: `JSON: ${name}`,
  status: 200,
  json,
  answer: always({ status: 200, json }),
}));

/** Larger than the cap of the runs, by what it says or by what it is. */
const large: FaultSpec[] = [
  {
    name: "a body over the limit",
    status: 200,
    answer: always({ status: 200, json: { data: "x".repeat(40_000) } }),
  },
  {
    name: "a body that claims to be over the limit",
    status: 200,
    answer: always({
      status: 200,
      json: { data: 1 },
      headers: { "content-length": "99999999999" },
    }),
  },
  {
    name: "a refusal over the limit",
    status: 400,
    answer: always({ status: 400, text: "x".repeat(40_000) }),
  },
];

const broken: FaultSpec[] = [
  { name: "a drop", answer: always({ drop: true }) },
  { name: "no connection", isUnprocessed: true, answer: always({ refuse: true }) },
  { name: "no answer", answer: always({ hang: true }) },
  {
    name: "a body that breaks off",
    status: 200,
    answer: always(() => odd(200, breaking(), { "content-type": "application/json" })),
  },
  {
    name: "a body that never ends",
    status: 200,
    answer: always(() => odd(200, endless(), { "content-type": "application/json" })),
  },
  {
    name: "bytes that are no text",
    status: 200,
    answer: always(() => odd(200, new Uint8Array([0xff, 0xfe, 0x00, 0x80, 0x22]))),
  },
  {
    name: "fetch rejects with a text",
    answer: always(() => Promise.reject("a text")),
  },
  {
    name: "fetch rejects with nothing",
    answer: always(() => Promise.reject(undefined)),
  },
  {
    name: "fetch rejects as if aborted",
    answer: always(() => Promise.reject(new DOMException("aborted", "AbortError"))),
  },
  {
    name: "fetch yields no response",
    answer: always(() => Promise.resolve({} as Response)),
  },
];

function breaking(): ReadableStream<Uint8Array> {
  let pulls = 0;
  return new ReadableStream({
    pull(controller) {
      if (pulls++ === 0) controller.enqueue(new TextEncoder().encode('{"status":"Succeeded",'));
      else controller.error(new TypeError("connection reset"));
    },
  });
}

function endless(): ReadableStream<Uint8Array> {
  let pulls = 0;
  return new ReadableStream({
    async pull(controller) {
      if (pulls++ === 0) controller.enqueue(new TextEncoder().encode('{"status":"Succeeded",'));
      else await new Promise(() => {});
    },
  });
}

const TARGETS: Record<string, string> = {
  "another origin": `${EVIL}/x`,
  "no protocol": "//evil.example/x",
  "no encryption": "http://evil.example/x",
  "itself": "",
  "a script": "javascript:alert(1)",
  "nonsense": "http://",
  "a URL with a user": `https://user:${SECRET}@evil.example/`,
};
const redirects: FaultSpec[] = [301, 302, 303, 307, 308].flatMap((status) =>
  Object.entries(TARGETS).map(([where, location]) => ({
    name: `HTTP ${status} to ${where}`,
    status,
    answer: always((request) =>
      odd(status, null, { location: location === "" ? request.url : location })
    ),
  }))
);

/** The good reply, and a header beside it that lies. */
const LIES: Record<string, Record<string, string>> = {
  "Retry-After: -1": { "retry-after": "-1" },
  "Retry-After: 1e999": { "retry-after": "1e999" },
  "Retry-After: NaN": { "retry-after": "NaN" },
  "Retry-After: soon": { "retry-after": "soon" },
  "Retry-After in the past": { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" },
  "Retry-After in the year 9999": { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" },
  "Retry-After beyond all years": { "retry-after": "99999999999999" },
  "Retry-After beyond all dates": { "retry-after": "9007199254740993" },
  "Retry-After twice": { "retry-after": "1, 2" },
  "a reset of the rate limit in ms": { "x-ratelimit-reset": "9999999999999" },
  "a content type that lies": { "content-type": "text/html" },
  "a content type that is nonsense": { "content-type": "=;/" },
  "a cookie": { "set-cookie": `session=${SECRET}` },
  "a date of long ago": { date: "Thu, 01 Jan 1970 00:00:00 GMT" },
};
const lies: FaultSpec[] = Object.entries(LIES).map(([name, headers]) => ({
  name,
  isBenign: true,
  answer: (good) => ({ ...good, headers: { ...good.headers, ...headers } }),
}));

const busy: FaultSpec[] = ["0", "7", "-1", "soon", "99999999999999"].map((seconds) => ({
  name: `HTTP 503, Retry-After: ${seconds}`,
  status: 503,
  ...(/^\d+$/.test(seconds) && { isUnprocessed: true }),
  answer: always({ status: 503, headers: { "retry-after": seconds } }),
}));

/** A refusal that repeats what it was asked, as proxies do. */
const echoes: FaultSpec[] = [400, 401, 403, 404, 500].map((status) => ({
  name: `HTTP ${status} that echoes the request`,
  status,
  answer: always((request) =>
    Response.json({
      message: `no such thing: ${request.headers.get("authorization")}`,
      errors: [{ reason: `Authorization: ${request.headers.get("authorization")}` }],
      headers: Object.fromEntries(request.headers),
      token: SECRET,
      client_secret: SECRET,
    }, { status, headers: { "www-authenticate": `Bearer token="${SECRET}"` } })
  ),
}));

const times: FaultSpec[] = [
  {
    name: "the good reply, 20 s late",
    isBenign: true,
    answer: (good) => ({ ...good, latencyMs: 20_000 }),
  },
  {
    name: "the good reply, too late",
    answer: (good) => ({ ...good, latencyMs: 200_000 }),
  },
  {
    name: "the good reply, after all deadlines",
    answer: (good) => ({ ...good, latencyMs: 7_200_000 }),
  },
  {
    name: "the reply before it once more",
    isBenign: true,
    answer: (good, before) => before ?? good,
  },
];

/** Every fault. */
export const FAULTS: readonly FaultSpec[] = [
  ...bare,
  ...withError,
  ...pages,
  ...texts,
  ...values,
  ...large,
  ...broken,
  ...redirects,
  ...lies,
  ...busy,
  ...echoes,
  ...times,
];
