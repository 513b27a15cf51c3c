/** What was recorded from Oracle's own Python client. */
import { assertEquals } from "@std/assert";
import { ociVectors } from "../../data/oci_vectors.ts";
import { errorOf, play } from "./_play.ts";

for (const vector of ociVectors) {
  const { name, exchanges, endMs, value, notFound, error, partialResult, refreshes, differs } =
    vector;
  const reason = differs === undefined ? "" : ` (differs: ${differs})`;
  Deno.test(`OCI plays ${name}${reason}`, async () => {
    const played = await play(
      vector.operation(),
      exchanges.map(([, , response]) => response),
      refreshes === undefined ? {} : { refreshes: refreshes + 1 },
    );
    const { outcome } = played;
    assertEquals(played.asked, exchanges.map(([, request]) => request));
    assertEquals(played.times, exchanges.map(([atMs]) => atMs));
    assertEquals([played.endMs, played.refreshes], [endMs, refreshes ?? 0]);
    if (outcome.kind === "succeeded") {
      assertEquals([outcome.value, outcome.notFound, undefined], [value, notFound, error]);
      return;
    }
    const { code, providerCode, partialResult: partial } = errorOf(played);
    assertEquals([code, providerCode].filter(Boolean), [...error ?? []]);
    assertEquals(partial, partialResult);
  });
}
