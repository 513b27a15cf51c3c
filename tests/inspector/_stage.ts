/** A runtime that is inspected, and a client that can send whatever an attacker can. */
import { request as httpRequest } from "node:http";
import { createInspector, type Inspector, type InspectorOptions } from "@lro/machines/inspector";
import type { WireChanges, WireHello } from "../../src/inspector/wire/wire.ts";
import { createWorld, type World } from "../runtime/_world.ts";

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  json<T>(): T;
}

/** What is sent; nothing is added to it but `Host`, unless that is given. */
export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An event of the stream. */
export interface StreamEvent {
  readonly event: string;
  readonly id: string;
  readonly data: WireHello & WireChanges;
}

/** A stream that is read event by event. */
export interface Stream extends AsyncDisposable {
  next(): Promise<StreamEvent>;
}

export interface Stage extends AsyncDisposable {
  readonly world: World;
  readonly inspector: Inspector;
  /** The cookie of a browser that was let in. */
  readonly cookie: string;
  /** Sends a request as it is. */
  ask(path: string, question?: Question): Promise<Answer>;
  /** The same with the cookie. */
  get(path: string): Promise<Answer>;
  /** Sends a command as our page does. */
  command(body: unknown): Promise<Answer>;
  /** Opens the stream. */
  stream(lastEventId?: string): Promise<Stream>;
}

/** Sets the stage; the server answers as `createWorld` has it. */
export async function createStage(
  responses: Parameters<typeof createWorld>[0],
  { inspector: options, ...worldOptions }: Parameters<typeof createWorld>[1] & {
    readonly inspector?: InspectorOptions;
  } = {},
): Promise<Stage> {
  const world = createWorld(responses, worldOptions);
  const inspector = await createInspector(world.runtime, options);
  const { port } = new URL(inspector.origin);
  const ask = (path: string, question: Question = {}) => send(Number(port), path, question);
  const letIn = await ask(pathOf(inspector.createLink()));
  const cookie = String(letIn.headers["set-cookie"]).split(";")[0]!;
  return {
    world,
    inspector,
    cookie,
    ask,
    get: (path) => ask(path, { headers: { cookie } }),
    command: (body) =>
      ask("/commands", {
        method: "POST",
        headers: {
          cookie,
          origin: inspector.origin,
          "sec-fetch-site": "same-origin",
          "content-type": "application/json",
        },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    stream: (lastEventId) => openStream(`${inspector.origin}/events`, cookie, lastEventId),
    async [Symbol.asyncDispose]() {
      await inspector.close();
      await world.runtime.dispose();
    },
  };
}

/** The path and query of a link. */
export function pathOf(link: string): string {
  return link.slice(new URL(link).origin.length);
}

function send(port: number, path: string, question: Question): Promise<Answer> {
  const { method = "GET", headers = {}, body } = question;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: "127.0.0.1", port, path, method, headers, agent: false },
      (response) => {
        const chunks: Uint8Array[] = [];
        response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
        response.once("end", () => {
          const decoder = new TextDecoder();
          const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("");
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, text, json: () => JSON.parse(text) });
        });
      },
    );
    request.once("error", reject);
    request.end(body);
  });
}

async function openStream(url: string, cookie: string, lastEventId?: string): Promise<Stream> {
  const abortion = new AbortController();
  const response = await fetch(url, {
    headers: { cookie, ...(lastEventId !== undefined && { "last-event-id": lastEventId }) },
    signal: abortion.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async next() {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end < 0) {
          const { done, value } = await reader.read();
          if (done) throw new Error("The stream has ended");
          text += value;
          continue;
        }
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        const field = (name: string) =>
          lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
        if (field("event") === "") continue; // a sign of life
        return { event: field("event"), id: field("id"), data: JSON.parse(field("data")) };
      }
    },
    async [Symbol.asyncDispose]() {
      abortion.abort();
      await reader.cancel().catch(() => {});
    },
  };
}
