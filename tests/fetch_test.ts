/** The fetches of ./fetch, as far as they go without a server; tests/real has the rest. */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { createRuntime, LroError, lxd } from "@lro/machines";
import { certificateFetch, unixFetch } from "@lro/machines/fetch";
import { createVirtualClock } from "@lro/machines/testing";
import { explainSocketFault } from "../src/fetch/socket_fault.ts";
import { readFetchError } from "../src/runtime/http/fetch_error.ts";
import { NEVER_SENT } from "../src/model/fetch.ts";
import { clientCertificate } from "./data/lxd_client_certificate.ts";

const ID = "b8d84888-1dc2-44fd-b386-7f679e171ba5";

for (const path of ["", undefined, 7]) {
  Deno.test(`unixFetch(${JSON.stringify(path)}) is a mistake of type`, () => {
    assertThrows(() => unixFetch(path as never), TypeError, "path of a unix socket");
  });
}

const wrongs: [claim: string, options: object][] = [
  ["no key", { cert: clientCertificate.cert }],
  ["a path for a certificate", { ...clientCertificate, cert: "client.crt" }],
  ["a CA that is no PEM", { ...clientCertificate, ca: "" }],
];

for (const [claim, options] of wrongs) {
  Deno.test(`certificateFetch() with ${claim} is a mistake of type`, () => {
    assertThrows(() => certificateFetch(options as never), TypeError, "must be a PEM text");
  });
}

Deno.test("a fetch that was closed sends nothing, and can be closed again", async () => {
  const fetch = certificateFetch(clientCertificate);
  await fetch.close();
  await assertRejects(() => fetch("https://127.0.0.1:9/"), TypeError, "it was closed");
  await assertRejects(() => fetch.openSocket("wss://127.0.0.1:9/"), TypeError, "it was closed");
  await fetch.close();
});

Deno.test("a certificate that is none rejects the request", async () => {
  const cert = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  await using fetch = certificateFetch({ ...clientCertificate, cert });
  await assertRejects(() => fetch("https://127.0.0.1:9/"));
});

const faults: [claim: string, error: unknown, said: string, isLasting: boolean][] = [
  [
    "Deno's missing socket",
    new TypeError("error sending request for url (http://127.0.0.1/1.0/x)", {
      cause: new Error("client error (Connect): No such file or directory (os error 2)"),
    }),
    "there is no unix socket at /run/lxd.socket; start the server, or give the path",
    true,
  ],
  [
    "Node's missing socket",
    new TypeError("fetch failed", {
      cause: Object.assign(new Error("connect ENOENT /run/lxd.socket"), { code: "ENOENT" }),
    }),
    "there is no unix socket at /run/lxd.socket",
    true,
  ],
  [
    "a socket that is not ours to open",
    Object.assign(new Error("connect"), { code: "EACCES" }),
    "may not be opened",
    true,
  ],
  [
    "a server that is away",
    new Error("client error (Connect): Connection refused (os error 111)"),
    "nobody listens at the unix socket at /run/lxd.socket",
    false,
  ],
];

for (const [claim, error, said, isLasting] of faults) {
  Deno.test(`${claim} is said with its path, and without the address that stands for it`, () => {
    const fault = explainSocketFault(error, "/run/lxd.socket");
    assertEquals(fault?.isLasting, isLasting);
    assertStringIncludes(fault!.error.message, said);
    const { kind, message } = readFetchError(fault!.error);
    assertEquals([kind, message.includes("127.0.0.1")], ["unsent", false]);
  });
}

Deno.test("what has nothing to do with the socket's path is left as it is", () => {
  for (const error of [new Error("connection reset (os error 104)"), "text", null, undefined]) {
    assertEquals(explainSocketFault(error, "/run/lxd.socket"), undefined);
  }
});

const lasting = Object.assign(new TypeError("Cannot fetch: there is no unix socket at /x"), {
  code: NEVER_SENT,
});

Deno.test("a fault that does not pass is not retried: a start, a question, a wait", async () => {
  for (const input of [{ request: { method: "POST", url: "/1.0/x" } }, { operation: ID }]) {
    const clock = createVirtualClock();
    const fetch = () => Promise.reject(lasting);
    await using runtime = createRuntime({ clock, fetch });
    const outcome = await runtime.start(lxd.operation(input)).outcome();
    assertEquals([outcome.kind, outcome.requests, clock.now()], ["failed", 1, 0]);
    assert(outcome.kind === "failed" && outcome.error.code === "transport");
    assertStringIncludes(outcome.error.message, "there is no unix socket at /x");
    const asking = lxd.operations({}, { clock, fetch });
    await assertRejects(() => asking, LroError, "there is no unix socket at /x");
  }
});
