/** Every long-running operation of the Autorest test server, which Microsoft's own clients are tested with. */
import { assertEquals } from "@std/assert";
import { azure, createRuntime, type JsonValue } from "@lro/machines";
import { azureSadScenarios } from "../data/azure_sad_scenarios.ts";
import { type AzureScenario, azureScenarios } from "../data/azure_scenarios.ts";
import { type AutorestServer, startAutorestServer } from "./_autorest.ts";
import { withCookies } from "./_cookie_jar.ts";

let server: AutorestServer;

Deno.test.beforeAll(async () => {
  server = await startAutorestServer();
});
Deno.test.afterAll(() => server.stop());

const scenarios = Object.entries({ ...azureScenarios, ...azureSadScenarios });

for (const [request, scenario] of scenarios) {
  const { error = "succeeded", differs } = scenario;
  const reason = differs === undefined ? "" : ` (differs: ${differs})`;
  Deno.test(`Autorest ${request} ends as ${error}${reason}`, () => run(request, scenario));
}

Deno.test("the Autorest server has no long-running operation that was not run", async () => {
  const counts = Object.entries(await server.coverage());
  const missing = counts.filter(([, count]) => count === 0).map(([name]) => name);
  const ofAzure = counts.filter(([name]) => name.startsWith("azure/"));
  const hit = ofAzure.filter(([, count]) => count > 0).length;
  console.log(
    `Autorest test server: ${scenarios.length} scenarios, ${hit} of ${ofAzure.length} coverage keys ` +
      `of /report/azure hit, and ${counts.length - ofAzure.length} more`,
  );
  assertEquals(missing, []);
  assertEquals([hit, counts.length], [87, 92]);
});

async function run(request: string, scenario: AzureScenario): Promise<void> {
  const { options, headers, value, error, polls = 0, finalGets = 0, retries = 0 } = scenario;
  const [method = "", path = ""] = request.split(" ");
  const urls: string[] = [];
  await using runtime = createRuntime({
    fetch: withCookies((input, init) => {
      urls.push(String(input));
      return fetch(input, init);
    }),
    retry: { baseMs: 1 },
  });
  const body = method === "DELETE" ? undefined : { location: "West US" };
  const operation = azure.operation({
    request: {
      method,
      url: server.url + path,
      ...(headers && { headers }),
      ...(body && { body }),
    },
    pollIntervalMs: 1,
    notFoundGraceMs: 0,
    ...options,
  });
  const outcome = await runtime.start(operation, { deadlineMs: 10_000 }).outcome();

  const end = outcome.kind === "succeeded"
    ? { value: outcome.value }
    : pick(outcome.error, "code", "providerCode", "providerMessage");
  assertEquals(
    end,
    error === undefined
      ? { value: inPlace(value) }
      : { code: error, ...pick(scenario, "providerCode", "providerMessage") },
  );
  assertEquals(outcome.polls, polls, "polls");
  assertEquals(urls.length, 1 + polls + finalGets + retries, urls.join("\n"));
}

/** Those of an object's fields that it has. */
function pick(object: object, ...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}

/** The value with the server's address in it. */
function inPlace(value: JsonValue | undefined): unknown {
  return value === undefined
    ? undefined
    : JSON.parse(JSON.stringify(value).replaceAll("{base}", server.url));
}
