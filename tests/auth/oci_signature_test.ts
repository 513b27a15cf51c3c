import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { createRuntime, oci, type RefreshableFetch } from "@lro/machines";
import { type OciApiKey, ociSignature } from "@lro/machines/auth";
import { createVirtualClock, serveLoopback } from "@lro/machines/testing";
import { importPrivateKey } from "../../src/auth/private_key.ts";
import { signingText, signText } from "../../src/auth/request_signature.ts";
import { EC_KEY, ENCRYPTED_KEYS, PASSPHRASE, PLAIN_KEYS } from "../data/oci_keys.ts";
import { type RequestToSign, signByOracle } from "./_oracle_signer.ts";

const IAAS = "https://iaas.us-phoenix-1.oraclecloud.com";
const DATE = "Thu, 05 Jan 2014 21:31:40 GMT"; // a Sunday, as in the vectors
const privateKey = PLAIN_KEYS.pkcs1;
const key = { tenancyId: "t", userId: "u", fingerprint: "f", privateKey };

/** Records what it is sent. */
function recorder(statuses: number[] = []) {
  const sent: { url: string; headers: Record<string, string>; body: string }[] = [];
  const fetch: RefreshableFetch = async (input, init) => {
    const { url } = new Request(input);
    const headers = Object.fromEntries(new Headers(init?.headers));
    sent.push({ url, headers, body: await new Response(init?.body).text() });
    return Response.json({ id: "1", status: "SUCCEEDED" }, { status: statuses.shift() ?? 200 });
  };
  return { fetch, sent };
}

/** The `Authorization` of a request signed by ours. */
async function signed(url: string, init: RequestInit = {}, options: Partial<OciApiKey> = {}) {
  const { fetch, sent } = recorder();
  await ociSignature({ ...key, ...options, origins: new URL(url).origin, fetch })(url, init);
  return sent[0]!;
}

const RESOURCES =
  "ocid1.compartment.oc1..aaaaaaaam3we6vgnherjq5q2idnccdflvjsnog7mlr6rtdb25gilchfeyjxa";
const VOLUME = "ocid1.volume.oc1.phx.abyhqljrgvttnlx73nmrwfaux7kcvzfs3s66izvxf2h4lgvyndsdsnoiwr5q";
const INSTANCE =
  "ocid1.instance.oc1.phx.abuw4ljrlsfiqw6vzzxb43vyypt4pkodawglp3wqxjqofakrwvou52gb6s5a";

/** The published vectors: which headers of which request give which signature. */
const VECTORS: Record<string, readonly [string, string, Record<string, string>, string[], string]> =
  {
    "the draft's C.1": [
      "POST",
      "https://example.com/foo?param=value&pet=dog",
      { date: "Sun, 05 Jan 2014 21:31:40 GMT" },
      ["date"],
      "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM=",
    ],
    "the draft's C.2": [
      "POST",
      "https://example.com/foo?param=value&pet=dog",
      { date: "Sun, 05 Jan 2014 21:31:40 GMT" },
      ["(request-target)", "host", "date"],
      "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=",
    ],
    "the draft's C.3": [
      "POST",
      "https://example.com/foo?param=value&pet=dog",
      {
        date: "Sun, 05 Jan 2014 21:31:40 GMT",
        "content-type": "application/json",
        digest: "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
        "content-length": "18",
      },
      ["(request-target)", "host", "date", "content-type", "digest", "content-length"],
      "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=",
    ],
    "Oracle's GET": [
      "GET",
      `${IAAS}/20160918/instances?availabilityDomain=Pjwf%3A%20PHX-AD-1&compartmentId=${RESOURCES}` +
      `&displayName=TeamXInstances&volumeId=${VOLUME}`,
      { date: DATE },
      ["date", "(request-target)", "host"],
      "GBas7grhyrhSKHP6AVIj/h5/Vp8bd/peM79H9Wv8kjoaCivujVXlpbKLjMPeDUhxkFIWtTtLBj3sUzaFj34XE6YZAHc9r2DmE4pMwOAy/kiITcZxa1oHPOeRheC0jP2dqbTll8fmTZVwKZOKHYPtrLJIJQHJjNvxFWeHQjMaR7M=",
    ],
    "Oracle's POST": [
      "POST",
      `${IAAS}/20160918/volumeAttachments`,
      {
        date: DATE,
        "content-length": "316",
        "content-type": "application/json",
        "x-content-sha256": "V9Z20UJTvkvpJ50flBzKE32+6m2zJjweHpDMX/U4Uy0=",
      },
      ["date", "(request-target)", "host", "content-length", "content-type", "x-content-sha256"],
      "Mje8vIDPlwIHmD/cTDwRxE7HaAvBg16JnVcsuqaNRim23fFPgQfLoOOxae6WqKb1uPjYEl0qIdazWaBy/Ml8DRhqlocMwoSXv0fbukP8J5N80LCmzT/FFBvIvTB91XuXI3hYfP9Zt1l7S6ieVadHUfqBedWH0itrtPJBgKmrWso=",
    ],
  };

for (const [name, [method, url, headers, names, expected]] of Object.entries(VECTORS)) {
  Deno.test(`the signature of ${name} is the published one`, async () => {
    const request = { method, url, headers: new Headers(headers) };
    const signature = await signText(
      signingText(request, names),
      await importPrivateKey({ privateKey }),
    );
    assertEquals(signature, expected);
  });
}

Deno.test("ociSignature() signs Oracle's GET as published", async () => {
  const [, url, headers, names, signature] = VECTORS["Oracle's GET"]!;
  assertEquals(
    (await signed(url, { headers })).headers["authorization"],
    `Signature version="1",keyId="t/u/f",algorithm="rsa-sha256",headers="${names.join(" ")}",` +
      `signature="${signature}"`,
  );
});

Deno.test("ociSignature() gives Oracle's POST the digest and length that are published", async () => {
  const body = `{\n    "compartmentId": "${RESOURCES}",\n    "instanceId": "${INSTANCE}",\n` +
    `    "volumeId": "${VOLUME}"\n}`;
  const { headers } = await signed(`${IAAS}/x`, { method: "POST", body });
  const [, , published] = VECTORS["Oracle's POST"]!;
  for (const name of ["content-length", "content-type", "x-content-sha256"]) {
    assertEquals(headers[name], published[name]);
  }
  assertStringIncludes(
    headers["authorization"]!,
    'headers="date (request-target) host x-content-sha256 content-type content-length"',
  );
});

const BODIES: readonly (string | undefined)[] = [undefined, "", "{}", '{"a":"ü – €"}'];
const REQUESTS: readonly RequestToSign[] = [
  ...["GET", "HEAD", "DELETE"].map((method) => ({ method })),
  ...["POST", "PUT", "PATCH"].flatMap((method) =>
    BODIES.flatMap((body) => [
      { method, ...(body !== undefined && { body }) },
      { method, ...(body !== undefined && { body }), type: "application/merge-patch+json" },
    ])
  ),
].map(({ type, ...request }: { method: string; body?: string; type?: string }, index) => ({
  ...request,
  url: `${IAAS}/20160918/a%2Fb c/${index}?q=1&n=ä#part`,
  headers: { "x-date": DATE, "opc-retry-token": "1", ...(type && { "content-type": type }) },
}));

Deno.test("ociSignature() signs every form as Oracle's own SDK does, byte for byte", async () => {
  const theirs = await signByOracle({ privateKey, passphrase: null, requests: REQUESTS });
  assertEquals(REQUESTS.length, 27);
  for (const [index, { method, url, headers, body }] of REQUESTS.entries()) {
    const ours = await signed(url, { method, headers, ...(body !== undefined && { body }) });
    const { host: _host, date: _date, ...expected } = theirs[index]!; // not signed
    assertEquals(ours.headers, expected, `${method} ${body}`);
    assertEquals(ours.body, body ?? "");
  }
});

Deno.test("ociSignature() reads keys in every form", async () => {
  const [, url, headers, , signature] = VECTORS["Oracle's GET"]!;
  const keys = { ...PLAIN_KEYS, ...ENCRYPTED_KEYS };
  for (const [form, privateKey] of Object.entries(keys)) {
    const windows = privateKey.replaceAll("\n", "\r\n");
    for (const text of [privateKey, `\n# mine\n${privateKey}\n`, windows]) {
      const options = { privateKey: text, passphrase: PASSPHRASE };
      const { headers: { authorization } } = await signed(url, { headers }, options);
      assertStringIncludes(authorization!, signature, form);
    }
  }
});

Deno.test("a wrong passphrase says so, and nothing is sent", async () => {
  for (const [form, privateKey] of Object.entries(ENCRYPTED_KEYS)) {
    const { fetch, sent } = recorder();
    const sign = ociSignature({ ...key, privateKey, passphrase: "wrong", origins: IAAS, fetch });
    const error = await assertRejects(() => sign(IAAS), Error, "Cannot get credentials") as Error;
    assertStringIncludes((error.cause as Error).message, "the passphrase is wrong", form);
    assertEquals(sent, []);
  }
});

Deno.test("a key that is not RSA says so", async () => {
  const sign = ociSignature({ ...key, privateKey: EC_KEY, origins: IAAS, fetch: recorder().fetch });
  const error = await assertRejects(() => sign(IAAS)) as Error;
  assertStringIncludes((error.cause as Error).message, "it is not an RSA key");
});

const MISUSE: Record<string, unknown> = {
  "expected privateKey or refresh, got neither": { origins: IAAS },
  "expected PEM with BEGIN PRIVATE KEY": { ...key, privateKey: "~/.oci/key.pem", origins: IAAS },
  "got undefined": { ...key, privateKey: undefined, origins: IAAS },
  "is not base64": {
    ...key,
    privateKey: "-----BEGIN PRIVATE KEY-----\n***\n-----END PRIVATE KEY-----",
    origins: IAAS,
  },
  "it is encrypted and there is no passphrase": {
    ...key,
    privateKey: ENCRYPTED_KEYS.pkcs8Aes256,
    origins: IAAS,
  },
  "tenancyId must be a text": { ...key, tenancyId: undefined, origins: IAAS },
  "fingerprint must be a text": { ...key, fingerprint: 'a"b', origins: IAAS },
  "keyId must be a text": { keyId: "", privateKey, origins: IAAS },
  "no origin is given": { ...key, origins: [] },
};

for (const [message, options] of Object.entries(MISUSE)) {
  Deno.test(`ociSignature() refuses at the call: ${message}`, () => {
    const error = assertThrows(() => ociSignature(options as never), TypeError, message);
    assert(!error.message.includes("MII"));
  });
}

Deno.test("requests to other origins are neither signed nor read", async () => {
  const { fetch, sent } = recorder();
  const sign = ociSignature({ ...key, origins: IAAS, fetch });
  await sign("https://elsewhere.example/", { method: "POST", body: "{}" });
  assertEquals(sent[0]!.headers["authorization"], undefined);
});

Deno.test("the date is that of the clock, of each attempt", async () => {
  const { fetch, sent } = recorder();
  let now = Date.UTC(2024, 1, 29, 23, 59, 58);
  const sign = ociSignature({ ...key, origins: IAAS, fetch, now: () => now });
  await sign(IAAS);
  now += 2_000;
  await sign(new Request(`${IAAS}/y`, { method: "PUT", body: "{}" }));
  assertEquals(sent.map(({ headers }) => headers["date"]), [
    "Thu, 29 Feb 2024 23:59:58 GMT",
    "Fri, 01 Mar 2024 00:00:00 GMT",
  ]);
  assertEquals(sent[1]!.body, "{}");
});

Deno.test("a principal's key is asked for once, and renewed at most twice in a row", async () => {
  const clock = createVirtualClock();
  const { fetch, sent } = recorder([401, 401, 200, 401, 401, 401]);
  let asked = 0;
  const sign = ociSignature({
    origins: IAAS,
    fetch,
    refresh: () => Promise.resolve({ keyId: `ST$${++asked}`, privateKey }),
  });
  await using runtime = createRuntime({ clock, fetch: clock.watch(sign) });
  const operation = oci.workRequest({ workRequestId: "1", baseUrl: IAAS });
  const first = await clock.runUntil(runtime.start(operation).outcome());
  assertEquals([first.kind, asked], ["succeeded", 3]);
  const keyIds = () =>
    sent.map(({ headers }) => /keyId="(.*?)"/.exec(headers["authorization"]!)![1]);
  assertEquals(keyIds(), ["ST$1", "ST$2", "ST$3"]);
  const second = await clock.runUntil(runtime.start(operation).outcome());
  assertEquals(second.kind !== "succeeded" && second.error.code, "transport");
  assertEquals(keyIds().slice(3), ["ST$3", "ST$4", "ST$5"]);
});

Deno.test("a fixed key has nothing to renew, and its 401 is final", async () => {
  const sign = ociSignature({ ...key, origins: IAAS, fetch: recorder().fetch });
  assertEquals(await sign.refresh!(IAAS), false);
});

Deno.test("what is sent over a socket is what was signed", async () => {
  const seen: Record<string, string>[] = [];
  await using server = await serveLoopback(async (request) => {
    seen.push({ ...Object.fromEntries(request.headers), body: await request.text() });
    return Response.json({});
  });
  const sign = ociSignature({ ...key, origins: server.url });
  for (const [method, body] of [["GET"], ["POST"], ["PATCH"], ["PUT", "{}"]] as const) {
    const response = await sign(`${server.url}/a b`, { method, ...(body && { body }) });
    await response.body?.cancel();
    const headers = seen.at(-1)!;
    assertEquals(headers["host"], new URL(server.url).host);
    assert(headers["date"]!.endsWith("GMT"));
    if (method !== "GET") assertEquals(headers["content-length"], String(body?.length ?? 0));
  }
});
