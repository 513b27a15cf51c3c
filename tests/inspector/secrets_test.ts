/** What must never be kept, shown or exported: secrets, and more than there is room for. */
import { assert, assertEquals } from "@std/assert";
import { lxd } from "@lro/machines";
import type { WireHistory } from "../../src/inspector/wire/wire.ts";
import { jobs } from "../runtime/_job.ts";
import { outcomeOf } from "../runtime/_world.ts";
import { createStage } from "./_stage.ts";

const SECRETS = {
  bearer: "tok3n-abcdefghijkl",
  cookie: "s3ss10n-cookie",
  apiKey: "ap1-k3y-value",
  sas: "s4s-s1gnature",
  password: "passw0rd-in-body",
  user: "us3r-info",
  jwt: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzM2NyM3QifQ.c2lnbmF0dXJl",
  par: "p4r-l1nk-secret",
  reply: "r3ply-secret",
  nested: "n3sted-secret",
};

Deno.test("no secret of a header, a body, a URL or a reply is kept, shown or exported", async () => {
  await using stage = await createStage([
    {
      status: 202,
      headers: {
        location: `https://jobs.example/jobs/1?sig=${SECRETS.sas}&api-version=1`,
        "set-cookie": `id=${SECRETS.cookie}`,
        "x-api-key": SECRETS.apiKey,
      },
      json: {
        adminPassword: SECRETS.reply,
        sasUri: `https://store.example/blob?sv=1&sig=${SECRETS.sas}`,
        link: `https://store.example/p/${SECRETS.par}/n/space/b/bucket`,
        deep: { list: [{ clientSecret: { value: SECRETS.nested } }] },
        text: `Authorization: Bearer ${SECRETS.bearer}`,
        jwt: SECRETS.jwt,
      },
    },
    { status: 503, json: { access_token: SECRETS.reply } },
    {
      status: 200,
      json: { done: { privateKey: SECRETS.nested, url: `https://${SECRETS.user}:x@a.example/` } },
    },
  ]);
  const handle = stage.world.runtime.start(
    jobs.unsent({
      call: {
        method: "POST",
        url: `https://jobs.example/jobs?access_token=${SECRETS.bearer}`,
        headers: { authorization: `Bearer ${SECRETS.bearer}`, "x-own": SECRETS.apiKey },
        body: { properties: { adminPassword: SECRETS.password }, token: SECRETS.bearer },
      },
      headers: { cookie: SECRETS.cookie, "x-mine": SECRETS.apiKey },
    }),
    { id: "a" },
  );
  await outcomeOf(stage.world, handle);
  const shown = [
    (await stage.get("/operations/a/history")).text,
    (await stage.get("/operations/a/stately")).text,
    (await stage.get("/operations/a/export")).text,
    (await stage.get("/export")).text,
    JSON.stringify(stage.inspector.statelyEvents("a")),
    JSON.stringify(await firstEvent(stage)),
  ];
  for (const text of shown) {
    for (const [name, secret] of Object.entries(SECRETS)) assert(!text.includes(secret), name);
  }
  // And what is no secret is there: the test looks at what it means to look at.
  const { entries } = (await stage.get("/operations/a/history")).json<WireHistory>();
  const urls = entries.flatMap(({ message }) => message?.url ?? []);
  assertEquals(urls[0], "https://jobs.example/jobs?access_token=[redacted]");
  assertEquals(urls[1], "https://jobs.example/jobs/1?sig=[redacted]&api-version=1");
  assertEquals(entries.find(({ type }) => type === "repeats")?.message?.status, 503);
});

Deno.test("what a server sends is cut to size before it is kept", async () => {
  let deep: object = { end: true };
  for (let depth = 0; depth < 200; depth++) deep = { deep };
  const wide = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index]),
  );
  await using stage = await createStage([
    { status: 200, json: { deep, wide, long: "x".repeat(1_000_000) } as never },
  ]);
  await outcomeOf(stage.world, stage.world.runtime.start(jobs.unsent(), { id: "a" }));
  const { text } = await stage.get("/operations/a/history");
  assert(text.length < 20_000, `${text.length} characters`);
});

Deno.test("controls and words turned round are not kept either", async () => {
  const hostile = "a\x1b[31mb\x07c\x9bd\u202ee\u2066f\u200bg";
  await using stage = await createStage([
    { status: 200, headers: { "x-note": hostile.replace(/[^\x20-\x7e]/g, "") }, json: hostile },
    { status: 200, json: { error: { message: hostile, [hostile]: [hostile] } } },
  ]);
  await outcomeOf(
    stage.world,
    stage.world.runtime.start(jobs.unsent(), { id: "a", deadlineMs: 5_000 }),
  );
  const texts: string[] = [];
  const { json } = await stage.get("/operations/a/history");
  JSON.stringify(json<WireHistory>(), (key, value) => {
    texts.push(key, typeof value === "string" ? value : "");
    return value;
  });
  // deno-lint-ignore no-control-regex -- these are what must not be there
  const harmful = texts.filter((text) => /[\x00-\x1f\x7f-\x9f\u200b\u202e\u2066]/.test(text));
  assertEquals(harmful, []);
  assert(texts.some((text) => text.includes("ab cefg")), "what is left is there");
});

Deno.test("the row of an operation that failed shows the provider's own words, not its last progress", async () => {
  const id = "b8d84888-1dc2-44fd-b386-7f679e171ba5";
  const reply = (status: string, code: number, err: string) => ({
    status: 200,
    json: {
      type: "sync",
      status: "Success",
      status_code: 200,
      metadata: { id, class: "task", status, status_code: code, err, may_cancel: false },
    },
  });
  await using stage = await createStage([
    reply("Running", 103, ""),
    reply("Failure", 400, "No space left on device"),
  ]);
  const operation = lxd.operation({ operation: id, baseUrl: "https://lxd.example:8443" });
  await outcomeOf(stage.world, stage.world.runtime.start(operation, { id: "a" }));
  await using stream = await stage.stream();
  const { data: { rows } } = await stream.next();
  assertEquals(rows.map(({ id, code, note }) => ({ id, code, note })), [
    { id: "a", code: "operation-failed", note: "No space left on device" },
  ]);
});

async function firstEvent(stage: Awaited<ReturnType<typeof createStage>>): Promise<unknown> {
  await using stream = await stage.stream();
  return await stream.next();
}
