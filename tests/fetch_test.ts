/** The fetches of ./fetch, as far as they go without a server; tests/real has the rest. */
import { assertRejects, assertThrows } from "@std/assert";
import { certificateFetch, unixFetch } from "@lro/machines/fetch";
import { clientCertificate } from "./data/lxd_client_certificate.ts";

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
