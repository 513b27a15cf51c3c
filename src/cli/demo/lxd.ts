/**
 * LXD's part of the demo.
 *
 * @module
 */
import type { Operation } from "../../model/message.ts";
import { operation } from "../../providers/lxd/mod.ts";
import { createLxdEmulator, type LxdBehaviour, type LxdStart } from "../../testing/mod.ts";
import type { DemoProvider, DemoScenario } from "./scenario.ts";

/** What becomes of each request. */
const BEHAVIOURS: Readonly<Record<string, LxdBehaviour>> = {
  "/1.0/images": {
    durationMs: 4_500,
    progress: "download_progress",
    metadata: { fingerprint: "50cfe7c8b863" },
  },
  "/1.0/instances": { durationMs: 2_000, end: "fails", err: "No space left on device" },
  "/1.0/instances/c1/exec": { durationMs: 3_600_000, cancelMs: 500 },
  "/1.0/instances/c2/state": { durationMs: 5_000 },
};

/** What is asked for below here goes through a proxy that cuts long polls. */
const PROXY = "/proxy";

/** LXD's part of the demo. */
export const lxdDemo: DemoProvider = {
  title: "LXD",
  createHandler(clock) {
    const plan = ({ path }: LxdStart): LxdBehaviour => BEHAVIOURS[path] ?? {};
    const direct = createLxdEmulator({ clock, plan });
    const proxied = createLxdEmulator({ clock, plan, cutLongPolls: { afterMs: 800 } });
    return (request) => {
      const url = new URL(request.url);
      if (!url.pathname.startsWith(`${PROXY}/`)) return direct.handle(request);
      url.pathname = url.pathname.slice(PROXY.length);
      return proxied.handle(new Request(url, request));
    };
  },
  scenarios(baseUrl): DemoScenario[] {
    const of = (url: string): Operation =>
      operation({ request: { method: "POST", url, body: {} }, baseUrl, longPollMs: 1_000 });
    return [
      { name: "image import", operation: of("/1.0/images"), expected: "succeeded" },
      {
        name: "no space left",
        operation: of("/1.0/instances"),
        expected: "failed",
        expectedCode: "operation-failed",
      },
      {
        name: "canceled by LXD",
        operation: of("/1.0/instances/c1/exec"),
        cancelAfterMs: 2_500,
        expected: "canceled",
        expectedCode: "operation-canceled",
      },
      {
        name: "cut by a proxy",
        operation: of(`${PROXY}/1.0/instances/c2/state`),
        expected: "succeeded",
      },
    ];
  },
};
