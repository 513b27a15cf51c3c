/** What was recorded from Microsoft's own clients, with their 30 s schedule. */
import { assertEquals } from "@std/assert";
import { azureVectors } from "../../data/azure_vectors.ts";
import { ARM, play } from "./_play.ts";

for (const vector of azureVectors) {
  const { name, method, options, isRetryOff, exchanges, value, error, differs } = vector;
  const reason = differs === undefined ? "" : ` (differs: ${differs})`;
  Deno.test(`azure.operation() plays ${name}${reason}`, async () => {
    const played = await play(
      {
        request: { method, url: `${ARM}/r?api-version=1` },
        ...options,
        ...(isRetryOff && { retry: false }),
      },
      exchanges.map(([, , response]) => response),
    );
    assertEquals(played.asked, exchanges.map(([, request]) => request));
    assertEquals(played.times, exchanges.map(([atMs]) => atMs));
    const { outcome } = played;
    if (outcome.kind === "succeeded") {
      assertEquals([outcome.value, undefined], [value, error]);
    } else {
      const { code, providerCode, providerMessage } = outcome.error as {
        code: string;
        providerCode?: string;
        providerMessage?: string;
      };
      const seen = [code, providerCode, providerMessage].filter(Boolean);
      assertEquals(seen, error as string[] | undefined ?? []);
    }
  });
}
