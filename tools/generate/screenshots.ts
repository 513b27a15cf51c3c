/**
 * Takes the pictures of the inspector that the documentation shows:
 * `docs/images/inspector-*.png`. Everything in them is emulated, in virtual time,
 * so that they come out alike each time.
 *
 * @module
 */
import { azure, createRuntime, elasticio, exponential, linode, oci } from "../../mod.ts";
import { createInspector } from "../../src/inspector/mod.ts";
import {
  createAzureEmulator,
  createElasticioEmulator,
  createVirtualClock,
} from "../../src/testing/mod.ts";
import { launch, type Page } from "../../tests/inspector/browser/_page.ts";

const IMAGES = new URL("../../docs/images/", import.meta.url);
const SIZE = { width: 1320, height: 880 };
const AZURE = "https://management.azure.com";
const ELASTICIO = "https://api.elastic.io";

const clock = createVirtualClock({ startMs: Date.UTC(2026, 0, 15, 9, 30) });
const cloud = createAzureEmulator({
  clock,
  plan: ({ path }) => ({
    durationMs: path.includes("db") ? 95_000 : 22_000 + path.length * 500,
    retryAfterSeconds: path.includes("db") ? 10 : 4,
    ...(path.includes("huge") && {
      durationMs: 9_000,
      end: "fails" as const,
      error: { code: "QuotaExceeded", message: "The operation exceeds the quota of 16 cores." },
    }),
  }),
});
const executions = createElasticioEmulator({
  clock,
  plan: { durationMs: 60_000 },
  faults: [{ on: "poll", nth: 4, status: 503 }],
});
const never = new Promise<Response>(() => {});
const runtime = createRuntime({
  clock,
  random: () => 0.4,
  onError: () => {},
  fetch: (input, init) => {
    const url = String(input);
    if (url.startsWith(AZURE)) return cloud.fetch(input, init);
    if (url.startsWith(ELASTICIO)) return executions.fetch(input, init);
    return url.includes("stalled") ? never : Promise.resolve(Response.json(
      url.includes("linode")
        ? { data: [], page: 1, pages: 1, results: 0 }
        : { id: "ocid1", lifecycleState: "PROVISIONING" },
    ));
  },
});
const inspector = await createInspector(runtime, { allowActions: true });

function put(name: string): void {
  const path = `/subscriptions/4f1a/resourceGroups/shop/providers/Microsoft.Compute/${name}`;
  runtime.start(
    azure.operation({
      request: {
        method: "PUT",
        url: `${AZURE}${path}?api-version=2024-03-01`,
        body: { location: "westeurope", properties: { adminPassword: "never shown" } },
      },
      pollIntervalMs: 5_000,
    }),
    { id: name, deadlineMs: 1_800_000 },
  );
}

for (const name of ["web-1", "web-2", "web-3", "huge-vm"]) put(name);
await clock.advance(12_000);
for (const name of ["cache", "gateway", "db-primary"]) put(name);
for (const component of ["petstore", "mailer"]) {
  const execution = {
    execution_type: "get_meta_model",
    component,
    action_or_trigger: "put",
    account_id: "540492e6",
  } as const;
  runtime.start(elasticio.execution({ execution }), {
    id: `${component}-model`,
    schedule: exponential({ initialMs: 2_000, factor: 1.5, maxMs: 8_000 }),
  });
}
runtime.start(
  linode.event({ entityType: "linode", entityId: 11_111, action: "linode_boot" }),
  { id: "boot-11111" },
);
runtime.start(
  oci.waitUntil({
    get: { method: "GET", url: "https://iaas.example.com/20160918/instances/ocid1" },
    property: "lifecycleState",
    state: "RUNNING",
  }),
  { id: "instance-running" },
);
runtime.start(
  oci.waitUntil({
    get: { method: "GET", url: "https://iaas.example.com/20160918/volumes/stalled" },
    property: "lifecycleState",
    state: "AVAILABLE",
  }),
  { id: "volume-stalled" },
);
await clock.advance(34_000);

const browser = await launch();
await Deno.mkdir(IMAGES, { recursive: true });
await take("light", async (page, shoot) => {
  await page.locator(".row", { hasText: "db-primary" }).click();
  await page.locator(".label.taken").first().waitFor();
  await shoot("list");
  await page.locator(".card").first().screenshot({ path: file("chart") });
  await page.locator(".card").nth(1).screenshot({ path: file("timeline") });
  await page.locator('[data-tab="http"]').click();
  await page.locator(".exchange").nth(1).click();
  await page.locator(".card").nth(2).screenshot({ path: file("http") });
});
await take("dark", async (page, shoot) => {
  await page.locator(".row", { hasText: "huge-vm" }).click();
  await page.locator(".label.taken").first().waitFor();
  for (let step = 0; step < 2; step++) await page.keyboard.press("ArrowLeft");
  await shoot("dark");
});
await take("light", async (page, shoot) => {
  await page.locator(".row", { hasText: "db-primary" }).click();
  await page.locator(".label.taken").first().waitFor();
  await shoot("phone");
}, { width: 390, height: 780 });
await browser.close();
await inspector.close();
await runtime.dispose();
Deno.exit(0);

function file(name: string): string {
  return new URL(`inspector-${name}.png`, IMAGES).pathname;
}

async function take(
  colorScheme: "light" | "dark",
  play: (page: Page, shoot: (name: string) => Promise<void>) => Promise<void>,
  viewport: { readonly width: number; readonly height: number } = SIZE,
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme, timezoneId: "UTC" });
  const page = await context.newPage();
  await page.goto(inspector.createLink());
  await page.locator("#connection.live").waitFor();
  await play(page, async (name) => {
    await page.waitForTimeout(300);
    await page.screenshot({ path: file(name) });
    console.log(`docs/images/inspector-${name}.png`);
  });
  await context.close();
}
