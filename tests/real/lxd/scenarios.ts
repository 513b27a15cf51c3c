/**
 * What is claimed of `lxd.operation` on a real daemon that stays. Runs in Deno and
 * in Node.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { createRuntime, lxd, type OperationFailedError } from "../../../mod.ts";
import { certificateFetch, unixFetch } from "../../../src/fetch/mod.ts";
import { clientCertificate } from "../../data/lxd_client_certificate.ts";
import { check, median, pause, valueOf, type World } from "./world.ts";

/** One claim; returns what it measured. */
export type Scenario = (
  world: World,
  restart: (signal: "SIGTERM" | "SIGKILL") => void,
) => Promise<string | void>;

const RUNS = 20;
const LONGEST_LAG_MS = 3_000;

/** Claims that are examined one after the other, and leave a container that runs. */
export const preparingScenarios: Readonly<Record<string, Scenario>> = {
  "an image is imported": async (world) => {
    const outcome = await world.start("POST", "/1.0/images", readFileSync(world.image)).outcome();
    const { metadata } = valueOf(outcome);
    check(typeof metadata?.["fingerprint"] === "string", "the value has its fingerprint");
  },
  "an image that is there already fails": async (world) => {
    const outcome = await world.start("POST", "/1.0/images", readFileSync(world.image)).outcome();
    check(outcome.kind === "failed", `it fails, not ${outcome.kind}`);
    check(outcome.error.code === "operation-failed", outcome.error.code);
    check(/same fingerprint/.test(outcome.error.message), outcome.error.message);
  },
  "a container is created and started": async (world) => {
    const { container, start } = world;
    const [image] = await imagesOf(world);
    const source = { type: "image", fingerprint: image };
    valueOf(await start("POST", "/1.0/instances", { name: container, source }).outcome());
    const state = `/1.0/instances/${container}/state`;
    valueOf(await start("PUT", state, { action: "start" }).outcome());
  },
};

/** Claims that are examined all at once. */
export const steadyScenarios: Readonly<Record<string, Scenario>> = {
  "a command of a second ends after a second": async (world) => {
    const handle = world.exec(["sleep", "1"]);
    const startedAt = performance.now();
    const texts: unknown[] = [];
    handle.subscribe(({ progress }) => void texts.push(progress?.text));
    const { metadata } = valueOf(await handle.outcome());
    const tookMs = performance.now() - startedAt;
    check(metadata?.["return"] === 0, "it exits 0");
    check(tookMs >= 1_000, `it takes a second, not ${tookMs} ms`);
    check(texts.includes("Running"), `progress says that it runs: ${texts}`);
  },
  "a command that exits 3 is a success whose metadata says 3": async (world) => {
    const { metadata, status_code: code } = valueOf(
      await world.exec(["sh", "-c", "exit 3"]).outcome(),
    );
    check(code === 200 && metadata?.["return"] === 3, JSON.stringify(metadata));
  },
  "starting what runs already fails": async (world) => {
    const url = `/1.0/instances/${world.container}/state`;
    const outcome = await world.start("PUT", url, { action: "start" }).outcome();
    check(outcome.kind === "failed", `it fails, not ${outcome.kind}`);
    const { providerCode, providerMessage } = outcome.error as OperationFailedError;
    const isTold = providerCode === "400" && /already running/.test(providerMessage ?? "");
    check(isTold, outcome.error.message);
  },
  "a request that makes no sense is rejected": async (world) => {
    const outcome = await world.start("POST", "/1.0/instances", { name: "no/name" }).outcome();
    check(outcome.kind === "failed" && outcome.error.code === "request-rejected", outcome.kind);
  },
  "a slow import has progress, and is canceled": async (world) => {
    for (const events of [true, false]) {
      const handle = slowImport(world, events);
      await handle.reached("polling");
      await until("it has begun", async () => {
        const listed = await lxd.operations({}, pick(world));
        return listed.some(({ status, may_cancel: mayCancel, metadata }) =>
          status === "Running" && mayCancel && metadata?.["download_progress"] !== undefined
        );
      });
      const percent = (): number => handle.snapshot.progress?.percent ?? 0;
      if (events) await until("it has progress", () => Promise.resolve(percent() >= 1));
      const outcome = await handle.cancel();
      check(outcome.kind === "canceled", `it is canceled, not ${outcome.kind}`);
      check((outcome.error as { confirmed?: boolean }).confirmed === true, "LXD says so");
    }
  },
  "a token operation ends at its deadline": async (world) => {
    const body = { type: "client", name: world.container, token: true };
    const startedAt = performance.now();
    const handle = world.start("POST", "/1.0/certificates", body, { deadlineMs: 3_000 });
    const outcome = await handle.outcome();
    const tookMs = performance.now() - startedAt;
    check(outcome.kind === "timedOut", `it times out, not ${outcome.kind}`);
    check(tookMs >= 2_999 && tookMs < 60_000, `at its deadline, not after ${tookMs} ms`);
    const listed = await lxd.operations({}, pick(world));
    const token = listed.find((operation) => operation.class === "token");
    check(token !== undefined, "it still runs");
    await lxd.cancelOperation({ operation: token.id }, pick(world));
  },
  "operations are listed, looked at and joined while they run": async (world) => {
    const url = `/1.0/instances/${world.container}/exec`;
    const body = { command: ["sleep", "1"], environment: {}, "wait-for-websocket": false };
    const begun = await lxd.request({ request: { method: "POST", url, body } }, pick(world));
    check(begun.kind === "operation", `it is in the background: ${begun.kind}`);
    const listed = await lxd.operations({}, pick(world));
    check(listed.some(({ id }) => id === begun.operation.id), "the list has it");
    const seen = await lxd.getOperation({ operation: begun.operation.id }, pick(world));
    check(seen.status === "Running", `it runs: ${seen.status}`);
    valueOf(await world.runtime.start(lxd.operation({ operation: begun.url })).outcome());
  },
  "a command in a project is joined by URL and by UUID, and its end is seen when it comes": async (
    world,
  ) => {
    const seconds = 7; // longer than the daemon remembers it, so that a look that is late comes too late
    const project = `p-${world.container}`;
    const config = { "features.images": "false", "features.profiles": "false" };
    await ask(world, "POST", "/1.0/projects", { name: project, config });
    const [image] = await imagesOf(world);
    const source = { type: "image", fingerprint: image };
    const of = (path: string): string => `/1.0/instances${path}?project=${project}`;
    valueOf(await world.start("POST", of(""), { name: "c", source }).outcome());
    valueOf(await world.start("PUT", of("/c/state"), { action: "start" }).outcome());
    const body = {
      command: ["sleep", String(seconds)],
      environment: {},
      "wait-for-websocket": false,
    };
    const request = { method: "POST", url: of("/c/exec"), body };
    const begun = await lxd.request({ request }, pick(world));
    const startedAt = performance.now();
    check(begun.kind === "operation", `it is in the background: ${begun.kind}`);
    check(begun.url.endsWith(`project=${project}`), `its URL names the project: ${begun.url}`);
    const joined = [begun.url, begun.operation.id].map(async (operation) => {
      const runtime = createRuntime({ fetch: world.fetch }); // each with a socket of its own
      const outcome = await runtime.start(lxd.operation({ operation })).outcome();
      await runtime.dispose();
      check(valueOf(outcome).metadata?.["return"] === 0, "it exits 0");
      return performance.now() - startedAt;
    });
    const tookMs = Math.round(Math.max(...await Promise.all(joined)));
    // It takes 7 s; its end is heard, or looked for 4 s later. The rest is for slow machines.
    check(tookMs < seconds * 1_000 + 10_000, `it ends with the command, not after ${tookMs} ms`);
    valueOf(await world.start("PUT", of("/c/state"), { action: "stop", force: true }).outcome());
    valueOf(await world.start("DELETE", of("/c")).outcome());
    await ask(world, "DELETE", `/1.0/projects/${project}`);
    return `a command of ${seconds} s was over for both after ${tookMs} ms`;
  },
  "all projects are listed, or the server says that it cannot": async (world) => {
    const { metadata } = await (await world.fetch("http://lxd/1.0")).json();
    const isAble = metadata.api_extensions.includes("operations_get_query_all_projects");
    const seen = await lxd.operations({ allProjects: true }, pick(world)).then(
      (all) => Array.isArray(all),
      ({ message }) => !/lacks the API extension operations_get_query_all_projects/.test(message),
    );
    check(seen === isAble, `the server ${isAble ? "can" : "cannot"}: ${seen}`);
  },
  "a socket that is not there is said at once, with its path": async (world) => {
    const path = `${world.socketPath}.none`;
    const fetch = unixFetch(path);
    const runtime = createRuntime({ fetch });
    const startedAt = performance.now();
    const request = { method: "POST", url: "/1.0/instances" };
    const outcome = await runtime.start(lxd.operation({ request })).outcome();
    const tookMs = performance.now() - startedAt;
    check(outcome.kind === "failed" && outcome.error.code === "transport", outcome.kind);
    check(outcome.error.message.includes(`no unix socket at ${path}`), outcome.error.message);
    check(outcome.requests === 1, `${outcome.requests} requests`);
    check(tookMs < 60_000, `at once, not after ${tookMs} ms`);
    await runtime.dispose();
    await fetch.close();
  },
  "50 operations at once do not freeze the daemon": async (world) => {
    const running = Array.from(
      { length: 50 },
      (_, index) => world.exec(["sleep", "1"], { events: index % 2 === 0 }).outcome(),
    );
    const answered: number[] = [];
    for (let index = 0; index < 10; index++) {
      await pause(100);
      const startedAt = performance.now();
      await (await world.fetch("http://lxd/1.0")).text();
      answered.push(performance.now() - startedAt);
    }
    (await Promise.all(running)).forEach(valueOf);
    const longest = Math.round(Math.max(...answered));
    // Starting 50 commands keeps the machine busy; one that is frozen answers nobody for a minute.
    check(longest < 10_000, `the daemon answers others meanwhile, not after ${longest} ms`);
    return `others waited ${longest} ms at the most`;
  },
  "HTTPS with a client certificate": async (world) => {
    const { cert, key } = clientCertificate;
    const certificate = cert.replace(/-----[A-Z ]+-----|\s/g, "");
    const trust = { type: "client", name: world.container, certificate };
    const body = JSON.stringify(trust);
    await (await world.fetch("http://lxd/1.0/certificates", { method: "POST", body })).text();
    const fetch = certificateFetch({ cert, key, ca: world.serverCert });
    const runtime = createRuntime({ fetch }); // Node 20 has no `await using`
    for (const events of [true, false]) {
      const url = `${world.httpsUrl}/1.0/instances/${world.container}/exec`;
      const command = { command: ["sleep", "1"], environment: {}, "wait-for-websocket": false };
      const request = { method: "POST", url, body: command };
      const outcome = await runtime.start(lxd.operation({ request, events })).outcome();
      valueOf(outcome);
      check(outcome.requests <= 2, `${outcome.requests} requests`);
    }
    await runtime.dispose();
    await fetch.close();
  },
};

/** Claims about when something happens, which are examined when little goes on. */
export const measuringScenarios: Readonly<Record<string, Scenario>> = {
  "the end is seen at once by long polls, with 2 requests": (world) => lag(world, false),
  "the end is seen at once by events, with 1 request": (world) => lag(world, true),
  "what may not be canceled says so, and goes on": async (world) => {
    const handle = world.exec(["sleep", "3"]);
    await handle.reached("polling");
    const refusal = await handle.cancel().then(() => undefined, (error) => error);
    check(/can't be cancelled/.test(refusal?.message), `cancel() rejects: ${refusal?.message}`);
    valueOf(await handle.outcome());
  },
};

/** Claims that are examined when nothing else goes on. */
export const lonelyScenarios: Readonly<Record<string, Scenario>> = {
  "nobody is connected any more": (world) => world.assertNoConnection(),
  "an abort leaves no connection, and the wait can be taken up again": async (world) => {
    for (const events of [true, false]) {
      const runtime = createRuntime({ fetch: world.fetch });
      const handle = world.exec(["sleep", "1"], { events, runtime });
      const controller = new AbortController();
      const waiting = handle.result(controller).catch((reason) => reason);
      await handle.reached("polling");
      await pause(100);
      controller.abort("enough");
      check(await waiting === "enough", "it rejects with the reason");
      await world.assertNoConnection();
      valueOf(await handle.outcome());
      await runtime.dispose();
    }
  },
};

function pick({ fetch }: World): { readonly fetch: World["fetch"] } {
  return { fetch };
}

/** Asks for something that is done at once. */
async function ask({ fetch }: World, method: string, path: string, body?: object): Promise<void> {
  const init = { method, ...(body && { body: JSON.stringify(body) }) };
  const { type, error } = await (await fetch(`http://lxd${path}`, init)).json();
  check(type === "sync", `${method} ${path} is done: ${error}`);
}

async function imagesOf({ fetch }: World): Promise<string[]> {
  const { metadata } = await (await fetch("http://lxd/1.0/images")).json();
  return (metadata as string[]).map((url) => url.split("/").at(-1)!);
}

/** Asks every now and then until something is so. */
async function until(claim: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await isSo()) return;
    await pause(50);
  }
  check(false, claim);
}

/** An import that takes far longer than anybody waits. */
export function slowImport(world: World, events: boolean) {
  const source = { type: "url", url: world.slowImageUrl, mode: "pull" };
  return world.start("POST", "/1.0/images", { source }, { events });
}

/** How long after their real ends the ends of commands of 2 s are seen. */
async function lag(world: World, events: boolean): Promise<string> {
  const runs = Array.from({ length: RUNS }, async (_, index) => {
    await pause(index * 60); // so that it is not the daemon's starting of commands that is measured
    const outcome = await world.exec(["sleep", "2"], { events }).outcome();
    const lagMs = Date.now() - Date.parse(String(valueOf(outcome)["updated_at"]));
    return { lagMs, requests: outcome.requests };
  });
  const ended = await Promise.all(runs);
  const medianMs = median(ended.map(({ lagMs }) => lagMs));
  const requests = ended.reduce((sum, { requests }) => sum + requests, 0);
  check(
    medianMs < LONGEST_LAG_MS,
    `half of them are seen within 3 s, sooner than a look would, not ${medianMs} ms`,
  );
  // The one more is whose start opens the socket: it may have to look for itself.
  check(requests <= (events ? RUNS + 1 : 2 * RUNS), `${requests} requests for ${RUNS}`);
  return `${RUNS} runs: median ${medianMs} ms, ${requests} requests`;
}
