import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  createRuntime,
  elasticio,
  encodeToken,
  type RefreshableFetch,
  type ResumeToken,
} from "@lro/machines";
import { createVirtualClock, type ScriptedResponse } from "@lro/machines/testing";
import { redactReply, redactText, redactUrl, safeHeaders } from "../../src/model/redact.ts";
import { jobs } from "./_job.ts";
import { createWorld, errorOf, outcomeOf } from "./_world.ts";

/** Every secret has it in its name. */
const MARK = "hunter2";
const secret = (where: string) => `${where}-${MARK}-Aa1`;

const urls: [url: string, shown: string][] = [
  ["https://a/b?c=d&e", "https://a/b?c=d&e"],
  ["https://a/b?sig=x&c=d#f", "https://a/b?sig=[redacted]&c=d#f"],
  ["https://a/b?SAS_TOKEN=x", "https://a/b?SAS_TOKEN=[redacted]"],
  [
    "https://a/b?api-key=x&apikey=y&access_token=z",
    "https://a/b?api-key=[redacted]&apikey=[redacted]&access_token=[redacted]",
  ],
  [
    "https://a/b?X-Amz-Signature=x&X-Amz-Credential=y",
    "https://a/b?X-Amz-Signature=[redacted]&X-Amz-Credential=[redacted]",
  ],
  ["https://a/b?code=x&password=y", "https://a/b?code=[redacted]&password=[redacted]"],
  ["https://a/b?token=", "https://a/b?token=[redacted]"],
  [
    "https://a/b?api-version=2024-01-01&key=x=y",
    "https://a/b?api-version=2024-01-01&key=[redacted]",
  ],
  ["https://user:x@a/b", "https://a/b"],
  ["https://us%40er:x@a:8080/b?c", "https://a:8080/b?c"],
  ["not a URL", "not a URL"],
];

for (const [url, shown] of urls) {
  Deno.test(`redactUrl("${url}") is "${shown}"`, () => assertEquals(redactUrl(url), shown));
}

const texts: [text: string, shown: string][] = [
  ["nothing to hide", "nothing to hide"],
  ["authorization: Bearer abcdefgh.ijk-lm_n==", "authorization: Bearer [redacted]"],
  ["Basic dXNlcjpwYXNzd29yZA==", "Basic [redacted]"],
  ["basic knowledge of HTTP", "basic knowledge of HTTP"],
  ['Signature version="1",keyId="k",signature="c2ln"', "Signature [redacted]"],
  ["Cannot get https://u:p@a/?sig=x : refused", "Cannot get https://a/?sig=[redacted] : refused"],
  [
    "ftp://u:p@a/?sig=x, /b?c=d&token=x or just ?code=x&e",
    "ftp://a/?sig=[redacted] /b?c=d&token=[redacted] or just ?code=[redacted]&e",
  ],
  [
    '"https://a/?sig=x" and <https://b/?token=y>',
    '"https://a/?sig=[redacted]" and <https://b/?token=[redacted]>',
  ],
];

for (const [text, shown] of texts) {
  Deno.test(`redactText('${text}') is '${shown}'`, () => assertEquals(redactText(text), shown));
}

Deno.test("redactReply() hides what is under the name of a secret, however deep", () => {
  const { headers, body } = redactReply({
    status: 200,
    headers: { "set-cookie": "a=b", "x-ms-some-key": "k", "content-type": "application/json" },
    body: {
      password: "p",
      accessToken: ["t", { deep: "u" }],
      credentials: { user: "u", left: 3, isOn: true },
      list: [{ apiKey: "k" }, "Bearer abcdefghijkl"],
      name: "n",
    },
  });
  assertEquals(headers, {
    "set-cookie": "[redacted]",
    "x-ms-some-key": "[redacted]",
    "content-type": "application/json",
  });
  assertEquals(body, {
    password: "[redacted]",
    accessToken: ["[redacted]", { deep: "[redacted]" }],
    credentials: { user: "[redacted]", left: 3, isOn: true },
    list: [{ apiKey: "[redacted]" }, "Bearer [redacted]"],
    name: "n",
  });
});

Deno.test("safeHeaders() lets through what is known to be harmless, and nothing else", () => {
  const headers = {
    Accept: "a",
    "Content-Type": "b",
    "X-Request-ID": "c",
    Authorization: "d",
    Cookie: "e",
    "x-functions-key": "f",
    "x-anything": "g",
  };
  assertEquals(safeHeaders(headers), { Accept: "a", "Content-Type": "b", "X-Request-ID": "c" });
});

const BASE = "https://api.elastic.io";
const headers = {
  authorization: `Basic ${btoa(secret("user"))}`,
  "x-api-key": secret("key"),
  cookie: secret("cookie"),
  "x-odd": secret("odd"),
};
const operation = () =>
  elasticio.execution({
    headers,
    execution: {
      execution_type: "verify_credentials",
      component: "c",
      account_data: { user: secret("account"), deep: [{ pin: secret("pin") }] },
    },
  });

const replyHeaders = {
  "set-cookie": `session=${secret("session")}`,
  "www-authenticate": `Basic realm="${secret("realm")}"`,
  "x-auth-token": secret("token"),
};
const replyBody = {
  message: `see https://u:${secret("pw")}@a/?sig=${secret("sig")} with Bearer ${secret("bearer")}`,
  token: secret("field"),
  nested: [{ password: { value: secret("deep") } }],
};
const pollUrl = `${BASE}/v1/exec/poll/1?sig=${secret("poll")}`;
const accepted: ScriptedResponse = {
  status: 202,
  headers: { ...replyHeaders, location: pollUrl },
  json: replyBody,
};

/** What somebody's HTTP client may throw. */
class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code = "ERR_CLIENT";
  readonly config = { headers, url: pollUrl };
  readonly authorization = secret("property");
}

const clientError = () =>
  new ClientError(`GET ${pollUrl} failed`, {
    cause: new Error(`authorization: Bearer ${secret("inner")}`),
  });

const lives: Record<string, readonly (ScriptedResponse | Error)[]> = {
  "a refused start": [{ status: 403, headers: replyHeaders, json: replyBody }],
  "a start without Location": [{ status: 202, headers: replyHeaders, json: replyBody }],
  "a poll that fails": [accepted, { status: 404, headers: replyHeaders, json: replyBody }],
  "a poll that makes no sense": [accepted, {
    status: 302,
    headers: { location: `ftp://a/?sig=${secret("ftp")}` },
  }],
  "a poll without encryption": [{
    ...accepted,
    headers: { location: pollUrl.replace("https", "http") },
  }],
  "a poll in trouble": [accepted, { status: 500, headers: replyHeaders, json: replyBody }],
  "a client that throws": [accepted, clientError()],
  "a client that throws an object": [accepted, { ...clientError(), request: { headers } } as never],
  "a deadline": [accepted, { hang: true }],
  "a rejected execution": [
    accepted,
    { status: 303, headers: { location: `/v1/exec/result/1?sig=${secret("result")}` } },
    { status: 400, headers: replyHeaders, json: { message: replyBody.message, reason: replyBody } },
  ],
};

/** Everything that shows in `values`, the way that logs show it. */
function print(...values: unknown[]): string {
  const text = (value: unknown) => [
    String(value),
    JSON.stringify(value, (key, item) => key === "token" ? undefined : item), // looked at on its own
    Deno.inspect(value, {
      depth: 20,
      showHidden: false,
      strAbbreviateSize: 1e6,
      iterableLimit: 1e6,
    }),
    value instanceof Error ? String(value.stack) : "",
  ];
  return values.flatMap(text).join("\n");
}

for (const [what, responses] of Object.entries(lives)) {
  Deno.test(`nothing that comes out of ${what} holds a credential`, async () => {
    const inspected: unknown[] = [];
    await using world = createWorld([], {
      retry: { attempts: 1 },
      inspect: (event) => void inspected.push(JSON.stringify(event, withoutActors)),
      around: () => {
        let next = 0;
        return () => {
          const response = responses[Math.min(next++, responses.length - 1)]!;
          if (!("status" in response)) {
            return "hang" in response ? new Promise(() => {}) : Promise.reject(response);
          }
          const { status, headers, json } = response;
          const init = { status: status!, headers: headers ?? {} };
          return Promise.resolve(Response.json(json ?? {}, init));
        };
      },
    });
    const handle = world.runtime.start(operation(), { deadlineMs: 30_000 });
    const shown: unknown[] = [];
    const tokens: ResumeToken[] = [handle.token()];
    handle.subscribe((snapshot) => {
      shown.push(snapshot);
      tokens.push(handle.token());
    });
    const outcome = await outcomeOf(world, handle);
    const error = errorOf(outcome);
    const { token } = error.toJSON();
    if (token) tokens.push(token as ResumeToken);
    assertNoSecret(print(error, error.cause, outcome, ...shown, ...inspected, ...world.reported));
    for (const each of tokens) {
      assertNoSecret(JSON.stringify(each), "sig="); // a URL is needed whole to go on
      assertNoSecret(atob(encodeToken(each).replaceAll("-", "+").replaceAll("_", "/")), "sig=");
    }
  });
}

function withoutActors(key: string, value: unknown): unknown {
  return key === "actorRef" || key === "rootId" ? undefined : value;
}

function assertNoSecret(text: string, except?: string): void {
  const encoded = btoa(secret("user"));
  for (const needle of [MARK, encoded]) {
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) {
      const before = text.slice(Math.max(0, at - 60), at);
      if (except && new RegExp(`${except}[\\w-]*$`).test(before)) continue;
      throw new Error(`A secret came out: ...${text.slice(Math.max(0, at - 80), at + 40)}...`);
    }
  }
}

Deno.test("what a renewal of credentials throws is shown without them", async () => {
  const refresh = () =>
    Promise.reject(new Error(`POST https://login/?client_secret=${secret("client")}`));
  await using world = createWorld([{ status: 401 }], {
    around: (fetch) =>
      Object.assign<typeof fetch, RefreshableFetch>(
        (a, b) => fetch(a, b),
        { refresh } as unknown as RefreshableFetch,
      ),
  });
  const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.unsent())));
  assertMatch(error.message, /client_secret=\[redacted\]/);
  assertNoSecret(print(error) + Deno.inspect(error.cause, { depth: 9 }));
});

Deno.test("an error that holds no secret is the cause itself, not a copy", async () => {
  const thrown = Object.assign(new TypeError("fetch failed"), { code: "EPIPE", errno: -32 });
  await using world = createWorld([], { retry: false, around: () => () => Promise.reject(thrown) });
  const error = errorOf(await outcomeOf(world, world.runtime.start(jobs.unsent())));
  assert(error.cause === thrown);
});

Deno.test("a base URL with credentials is refused, and the refusal does not show them", () => {
  const make = () => elasticio.poll({ executionId: "1", baseUrl: `https://u:${secret("pw")}@a/` });
  try {
    make();
  } catch (error) {
    assertMatch(String(error), /must not hold credentials/);
    return assertNoSecret(print(error));
  }
  throw new Error("It was not refused");
});

Deno.test("inputs that are refused are not shown", () => {
  const bad = [
    () => elasticio.execution({ execution: secret("execution") } as never),
    () => elasticio.execution({ headers: secret("headers") } as never),
    () => elasticio.execution({ headers: { authorization: [secret("header")] } } as never),
    () => elasticio.poll({ executionId: "1", baseUrl: secret("url") } as never),
  ];
  for (const make of bad) {
    try {
      make();
    } catch (error) {
      assertNoSecret(print(error));
      continue;
    }
    throw new Error("It was not refused");
  }
});

Deno.test("onError hears of a store that fails, without what it was to store", async () => {
  const reported: unknown[] = [];
  const clock = createVirtualClock();
  await using runtime = createRuntime({
    clock,
    fetch: () => Promise.resolve(new Response(null, { status: 403 })),
    onError: (error) => void reported.push(error),
    store: {
      save: () => Promise.reject(new Error("disk full")),
      load: () => undefined,
      list: () => [],
      remove: () => {},
    },
  });
  await clock.runUntil(runtime.start(operation()).outcome());
  assert(reported.length > 0);
  assertNoSecret(print(...reported));
});
