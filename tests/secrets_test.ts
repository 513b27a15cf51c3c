/**
 * Whatever a life of an operation leaves behind for people to see, of every
 * provider: nothing in it opens a door.
 */
import { assert, assertEquals } from "@std/assert";
import { azure, elasticio, encodeToken, linode, lxd, oci, type Operation } from "@lro/machines";
import type { ScriptedResponse } from "@lro/machines/testing";
import { redactText, redactValue } from "../src/model/redact.ts";
import { isSecretName } from "../src/model/secret_names.ts";
import { createStage } from "./inspector/_stage.ts";
import { isLroError } from "@lro/machines";

const MARK = "hunter2";
/** Of what must be in no token either. */
const HEADER = "h3ader";
const secret = (what: string, mark = MARK): string => `${what}-${mark}-Aa1`;

const SECRET_NAMES = [
  ...["root_pass", "rootPass", "adminPassword", "password", "passwd", "pwd", "passphrase", "pass"],
  ...[
    "client_secret",
    "clientSecret",
    "secret",
    "SECRET_KEY",
    "token",
    "access_token",
    "refreshToken",
  ],
  ...["sasToken", "sig", "signature", "authorization", "Authorization", "proxy-authorization"],
  ...["cookie", "Set-Cookie", "x-api-key", "api-key", "apikey", "apiKey", "X-Auth-Token"],
  ...["Ocp-Apim-Subscription-Key", "x-functions-key", "accountKey", "primaryKey", "secondaryKey"],
  ...["key1", "key2", "sharedAccessKey", "accessKeys", "private_key", "privateKey", "privatekey"],
  ...["connectionString", "primaryConnectionString", "account_data", "credentials", "user_data"],
  ...["customData", "stackscript_data", "kubeconfig", "trust_token", "trust-password", "otp"],
];

const PUBLIC_NAMES = [
  ...["nextToken", "nextPageToken", "pageToken", "continuationToken", "$skiptoken", "tokenType"],
  ...["token_type", "tokenEndpoint", "maxTokens", "total_tokens", "completion_tokens", "keyName"],
  ...["keyId", "key_type", "accessKeyId", "secretName", "secretUri", "secretVersion", "secretRef"],
  ...["passwordExpiresAt", "credentialType", "publicKey", "ssh_public_key", "partitionKey"],
  ...[
    "sortKey",
    "foreign_key",
    "idempotencyKey",
    "author",
    "authority",
    "authors",
    "bypass",
    "compass",
  ],
  ...[
    "monkey",
    "keyboard",
    "tokenizer",
    "signed",
    "design",
    "status",
    "state",
    "code",
    "id",
    "name",
  ],
  ...[
    "message",
    "description",
    "percent_complete",
    "retry-after",
    "opc-request-id",
    "opc-retry-token",
  ],
  ...[
    "etag",
    "location",
    "operation-location",
    "keyVaultUri",
    "authorized_keys",
    "authenticationType",
  ],
  ...["opc-work-request-id", "provisioningState", "lifecycleState", "passed", "pinned", "spin"],
];

for (const name of SECRET_NAMES) {
  Deno.test(`what is under ${name} is secret`, () => assertEquals(isSecretName(name), true));
}
for (const name of PUBLIC_NAMES) {
  Deno.test(`what is under ${name} is no secret`, () => assertEquals(isSecretName(name), false));
}

const JWT = `eyJhbGciOiJIUzI1NiJ9.${secret("jwt").replaceAll("-", "_")}.c2ln${MARK}`;
const PEM = `-----BEGIN RSA PRIVATE KEY-----\nMII${MARK}\n-----END RSA PRIVATE KEY-----`;

/** Secrets in running text: what is behind them has to stay. */
const TEXTS: [text: string, shown: string][] = [
  [`client_secret=${secret("a")} was wrong`, "client_secret=[redacted] was wrong"],
  [`x client_secret%3D${secret("a")} y`, "x client_secret%3D[redacted] y"],
  [`root_pass: ${secret("a")}, too short`, "root_pass: [redacted], too short"],
  [`x-api-key: ${secret("a")}`, "x-api-key: [redacted]"],
  [`password: ${secret("a")}`, "password: [redacted]"],
  [`Cookie: a=${secret("a")}; b=${secret("b")}`, "Cookie: [redacted]"],
  [`Authorization: ApiKey ${secret("a")}`, "Authorization: [redacted]"],
  [`{"root_pass":"${secret("a")}","region":"us"}`, '{"root_pass":"[redacted]","region":"us"}'],
  [
    `got {"a":{"token":"${secret("a")}"},"b":1} here`,
    'got {"a":{"token":"[redacted]"},"b":1} here',
  ],
  [`cut {"token":"${secret("a")}","b":`, 'cut {"token":"[redacted]","b":'],
  [`cut \\"token\\":\\"${secret("a")}\\",\\"b\\":`, 'cut \\"token\\":\\"[redacted]\\",\\"b\\":'],
  [`cut {"token":"${secret('a\\"b')}`, 'cut {"token":"[redacted]"'],
  [`cut {"credentials":{"user":"${secret("a")}"`, 'cut {"credentials":[redacted]'],
  [`{'password': '${secret("a")}', 'b': 1}`, "{'password': '[redacted]', 'b': 1}"],
  [`<adminPassword>${secret("a")}</adminPassword>`, "<adminPassword>[redacted]</adminPassword>"],
  [
    `Server=s;User Id=u;Password=${secret("a")};AccountKey=${secret("b")}==;Timeout=3`,
    "Server=s;User Id=u;Password=[redacted];AccountKey=[redacted];Timeout=3",
  ],
  [`bad ${JWT} given`, "bad [redacted] given"],
  [`key ${PEM} given`, "key [redacted] given"],
  [`get https://u:${secret("a")}@h/?sig=${secret("b")}&x=1`, "get https://h/?sig=[redacted]&x=1"],
  [`/p/${secret("a")}/n/space/b/bucket`, "/p/[redacted]/n/space/b/bucket"],
  [`a\\u0026sig=${secret("a")}\\u0026b=1`, "a\\u0026sig=[redacted]\\u0026b=1"],
  ["Wrong password: try again", "Wrong password: try again"],
  ["Invalid token: expected version 1, got 2", "Invalid token: expected version 1, got 2"],
  ["Cannot sort: the key is missing", "Cannot sort: the key is missing"],
  ['{"nextToken":"abc123","tokenType":"Bearer"}', '{"nextToken":"abc123","tokenType":"Bearer"}'],
  ["expected a=1, b=2, state=Running, keyName=k1", "expected a=1, b=2, state=Running, keyName=k1"],
  ["at 2026-01-01T00:00:00Z: ready: 3 of 4", "at 2026-01-01T00:00:00Z: ready: 3 of 4"],
];

for (const [text, shown] of TEXTS) {
  Deno.test(`redactText(${JSON.stringify(text)}) hides the secret, and that alone`, () => {
    assertEquals(redactText(text), shown);
    assertEquals(redactText(shown), shown);
  });
}

Deno.test("redactValue() knows a secret by the name beside it", () => {
  assertEquals(
    redactValue([
      { name: "DB_PASSWORD", value: "x" },
      { name: "REGION", value: "us" },
      { name: "REGION", secureValue: "x" },
      { keyName: "key1", permissions: "FULL", value: "x" },
      { key: "owner", value: "me" },
      { key: "x" },
      { pin: 1234, tokens: 7, isSecret: true, secret: null },
    ]),
    [
      { name: "DB_PASSWORD", value: "[redacted]" },
      { name: "REGION", value: "us" },
      { name: "REGION", secureValue: "[redacted]" },
      { keyName: "key1", permissions: "FULL", value: "[redacted]" },
      { key: "owner", value: "me" },
      { key: "[redacted]" },
      { pin: "[redacted]", tokens: 7, isSecret: true, secret: null },
    ],
  );
});

Deno.test("redacting takes linear time, whatever a server sends", () => {
  const parts = [
    '"',
    "\\",
    '\\"',
    "a=",
    "a: ",
    "{",
    "[",
    "<a>",
    "eyJaaaaaaaaa.",
    "://",
    "://@",
    "a",
    "?a=",
    "Basic ",
    "Bearer ",
    "-----BEGIN PRIVATE KEY-----",
    "Signature version=",
    '"a":',
    "a:\t",
    "/p/",
  ];
  for (const part of parts) {
    const startMs = performance.now();
    redactText(part.repeat(Math.ceil(200_000 / part.length)));
    const tookMs = performance.now() - startMs;
    // In square time it would be hours.
    assert(tookMs < 120_000, `${JSON.stringify(part)} took ${Math.round(tookMs)} ms`);
  }
});

/** A body in which there is a secret at every place where one may be. */
const dirty = {
  ...Object.fromEntries(SECRET_NAMES.map((name) => [name, secret(name)])),
  texts: TEXTS.map(([text]) => text),
  nested: { list: [{ password: { value: secret("deep") } }] },
  json: JSON.stringify({ root_pass: secret("a"), more: JSON.stringify({ token: secret("b") }) }),
  env: [{ name: "DB_PASSWORD", value: secret("env") }],
  account_data: { user: secret("account"), deep: [{ pin: secret("pin") }] },
  link: `https://u:${secret("user")}@store.example/?sv=1&sig=${secret("sig")}`,
};
const saying = TEXTS.map(([text]) => text).filter((text) => text.includes(MARK)).join("\n");
const dirtyHeaders = {
  "set-cookie": `session=${secret("session", HEADER)}`,
  "www-authenticate": `Basic realm="${secret("realm", HEADER)}"`,
  "x-auth-token": secret("token", HEADER),
  "x-ms-meta-api-key": secret("meta", HEADER),
};
const headers = {
  authorization: `Bearer ${secret("bearer", HEADER)}`,
  cookie: secret("cookie", HEADER),
  "x-api-key": secret("key", HEADER),
  "ocp-apim-subscription-key": secret("apim", HEADER),
  "x-own": secret("own", HEADER),
};

const arm = "https://management.azure.com";
const iaas = "https://iaas.us-ashburn-1.oraclecloud.com";
const id = "b8d84888-1dc2-44fd-b386-7f679e171ba5";
const body = JSON.parse(JSON.stringify(dirty));
const reply = (status: number, json: unknown, more: object = {}): ScriptedResponse => ({
  status,
  headers: { ...dirtyHeaders, ...more },
  json: json as never,
});
const error = { error: { code: saying, message: saying, details: [dirty], innererror: dirty } };
const lxdOne = (status: string, code: number, err = "") =>
  reply(200, {
    type: "sync",
    status: "Success",
    status_code: 200,
    metadata: {
      id,
      class: "task",
      status,
      status_code: code,
      err,
      description: saying,
      metadata: { ...dirty, download_progress: saying },
    },
  });
const event = (status: string) => ({
  id: 1,
  action: "linode_boot",
  status,
  message: saying,
  percent_complete: 4,
  entity: { type: "linode", id: 7, label: saying },
});
const page = (...data: unknown[]) => reply(200, { data, page: 1, pages: 1, results: data.length });

interface Life {
  readonly operation: () => Operation;
  /** What is answered, before one of the ends. */
  readonly begins: readonly ScriptedResponse[];
  readonly fails: ScriptedResponse;
}

const lives: Record<string, Life> = {
  azure: {
    operation: () =>
      azure.operation({
        request: { method: "PUT", url: `${arm}/r?api-version=1&sig=${secret("s")}`, headers, body },
        headers,
      }),
    begins: [
      reply(201, { ...dirty, id: "/r" }, {
        "azure-asyncoperation": `${arm}/operations/1?sig=${secret("poll")}`,
      }),
      reply(200, { status: "Running", ...dirty }),
    ],
    fails: reply(200, { status: "Failed", ...error }),
  },
  elasticio: {
    operation: () =>
      elasticio.execution({
        headers,
        execution: { execution_type: "verify_credentials", component: "c", account_data: body },
      }),
    begins: [
      reply(202, dirty, { location: "https://api.elastic.io/v1/exec/poll/1" }),
      reply(200, { message: saying, ...dirty }),
      reply(303, dirty, { location: "https://api.elastic.io/v1/exec/result/1" }),
    ],
    fails: reply(400, { message: saying, reason: dirty }),
  },
  linode: {
    operation: () =>
      linode.event({
        headers,
        entityType: "linode",
        entityId: 7,
        action: "linode_boot",
        trigger: {
          method: "POST",
          url: "https://api.linode.com/v4/linode/instances/7/rebuild",
          body,
        },
      }),
    begins: [page(), reply(200, dirty), page(event("started"))],
    fails: reply(200, event("failed")),
  },
  lxd: {
    operation: () =>
      lxd.operation({
        headers,
        baseUrl: "https://lxd.example:8443",
        request: { method: "POST", url: "/1.0/instances", body },
      }),
    begins: [
      reply(202, {
        type: "async",
        operation: `/1.0/operations/${id}?project=default`,
        metadata: { id, class: "task", status: "Running", status_code: 103, metadata: dirty },
      }),
      lxdOne("Running", 103),
    ],
    fails: lxdOne("Failure", 400, saying),
  },
  oci: {
    operation: () =>
      oci.actAndWaitForWorkRequest({
        headers,
        action: { method: "POST", url: `${iaas}/20160918/instances`, body },
        baseUrl: iaas,
      }),
    begins: [
      reply(200, { id: "ocid1.instance.1", ...dirty }, { "opc-work-request-id": "ocid1.wr.1" }),
      reply(200, { id: "ocid1.wr.1", status: "IN_PROGRESS", percentComplete: 4, ...dirty }),
    ],
    fails: reply(200, { id: "ocid1.wr.1", status: "FAILED", ...dirty }),
  },
};

const ends: Record<string, (life: Life) => readonly (ScriptedResponse | Error)[]> = {
  "a refused start":
    () => [reply(403, { ...error, errors: [{ reason: saying, field: "root_pass" }] })],
  "a start that is not understood": () => [{ status: 302, headers: {}, body: saying }],
  "a failed operation": ({ begins, fails }) => [...begins, fails],
  "a refused poll": ({ begins }) => [...begins, reply(404, { ...error, message: saying })],
  "a poll in trouble": ({ begins }) => [...begins, reply(503, { ...error, ...dirty })],
  "a poll that makes no sense": ({ begins }) => [...begins, reply(200, [dirty])],
  "a client that throws": ({ begins }) => [
    ...begins,
    Object.assign(new Error(`GET ${dirty.link} failed: ${saying}`), { token: secret("x") }),
  ],
};

for (const [provider, life] of Object.entries(lives)) {
  for (const [end, repliesOf] of Object.entries(ends)) {
    Deno.test(`nothing that ${end} of ${provider} shows holds a secret`, async () => {
      const replies = repliesOf(life);
      await using stage = await createStage(replies, {
        retry: { attempts: 2 },
        thenRepeat: replies.at(-1)!,
      });
      const { world } = stage;
      const handle = world.runtime.start(life.operation(), { id: "a", deadlineMs: 600_000 });
      const shown: unknown[] = [];
      const tokens = [handle.token()];
      handle.subscribe((snapshot) => {
        shown.push(snapshot);
        tokens.push(handle.token());
      });
      const outcome = await world.clock.runUntil(handle.outcome());
      assert(outcome.kind !== "succeeded", "it does not end well");
      assert(isLroError(outcome.error));
      const { token } = outcome.error.toJSON() as { token?: typeof tokens[number] };
      if (token) tokens.push(token);
      const texts = [
        ...print(outcome.error, outcome, ...shown, ...world.reported),
        (await stage.get("/operations/a/history")).text,
        (await stage.get("/operations/a/stately")).text,
        (await stage.get("/operations/a/export")).text,
        (await stage.get("/export")).text,
        JSON.stringify(stage.inspector.statelyEvents("a")),
      ];
      for (const text of texts) assertNo([MARK, HEADER], text);
      for (const each of tokens) {
        assertNo([HEADER], JSON.stringify(each));
        assertNo([HEADER], atob(encodeToken(each).replaceAll("-", "+").replaceAll("_", "/")));
      }
    });
  }
}

/** All that logs would show of some values; tokens are looked at on their own. */
function print(...values: unknown[]): string[] {
  const withoutToken = (key: string, item: unknown) => key === "token" ? undefined : item;
  return values.flatMap((value) => [
    String(value),
    JSON.stringify(value, withoutToken),
    Deno.inspect(JSON.parse(JSON.stringify(value, withoutToken) ?? "null"), { depth: 30 }),
    ...(value instanceof Error ? [String(value.stack), String((value.cause as Error)?.stack)] : []),
  ]);
}

function assertNo(marks: readonly string[], text: string): void {
  for (const mark of marks) {
    const at = text.indexOf(mark);
    assert(at < 0, `a secret came out: ...${text.slice(Math.max(0, at - 200), at + 60)}...`);
  }
}
