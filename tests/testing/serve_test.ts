import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionDropped, serveLoopback } from "@lro/machines/testing";
import { turns } from "./_turns.ts";

Deno.test("serveLoopback() hands over method, URL, headers and body", async () => {
  await using server = await serveLoopback(async (request) =>
    Response.json([
      request.method,
      request.url,
      request.headers.get("x-some"),
      await request.text(),
    ])
  );
  const url = `${server.url}/a?b=1`;
  const response = await fetch(url, {
    method: "POST",
    headers: { "x-some": "header" },
    body: "body",
  });
  assertEquals(await response.json(), ["POST", url, "header", "body"]);
  assertEquals(server.url, `http://127.0.0.1:${server.port}`);
});

Deno.test("serveLoopback() returns status, headers and redirects as they are", async () => {
  await using server = await serveLoopback(() =>
    new Response("see there", {
      status: 303,
      headers: [["location", "/there"], ["set-cookie", "a=1"], [
        "set-cookie",
        "b=2",
      ]],
    })
  );
  const response = await fetch(server.url, { redirect: "manual" });
  assertEquals([response.status, response.headers.get("location")], [
    303,
    "/there",
  ]);
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assertEquals(await response.text(), "see there");
});

Deno.test("serveLoopback() answers without a body where there is none", async () => {
  await using server = await serveLoopback((request) =>
    request.method === "HEAD"
      ? new Response("not sent", { headers: { "x-some": "header" } })
      : new Response(null, { status: 204 })
  );
  const deleted = await fetch(server.url, { method: "DELETE" });
  assertEquals([deleted.status, await deleted.text()], [204, ""]);
  const head = await fetch(server.url, { method: "HEAD" });
  assertEquals([head.status, head.headers.get("x-some"), await head.text()], [
    200,
    "header",
    "",
  ]);
});

Deno.test("serveLoopback() answers 500 where the handler fails", async () => {
  await using server = await serveLoopback(() => {
    throw new Error("broken handler");
  });
  const response = await fetch(server.url);
  assertEquals([response.status, await response.text()], [
    500,
    "Error: broken handler",
  ]);
});

Deno.test("serveLoopback() closes the connection where the handler drops it", async () => {
  let requests = 0;
  await using server = await serveLoopback(async (request) => {
    await request.text();
    if (++requests > 1) return new Response("there again");
    throw new ConnectionDropped();
  });
  await assertRejects(
    () => fetch(server.url, { method: "POST", body: "some" }),
    TypeError,
  );
  assertEquals(requests, 1);
  assertEquals(await (await fetch(server.url)).text(), "there again");
});

Deno.test("serveLoopback() drops one request, not a repetition too, with keepAlive: false", async () => {
  const seen: string[] = [];
  await using server = await serveLoopback(async (request) => {
    seen.push(new URL(request.url).pathname + await request.text());
    if (request.url.endsWith("/drop")) throw new ConnectionDropped();
    return new Response("done");
  }, { keepAlive: false });
  const init = { method: "POST", body: "?" };
  const response = await fetch(`${server.url}/warm`, init);
  assertEquals([response.headers.get("connection"), await response.text()], [
    "close",
    "done",
  ]);
  await assertRejects(() => fetch(`${server.url}/drop`, init), TypeError);
  assertEquals(seen, ["/warm?", "/drop?"]);
});

Deno.test("serveLoopback() sends a body piece by piece, as it is made", async () => {
  let stream!: ReadableStreamDefaultController<Uint8Array>;
  await using server = await serveLoopback(() =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          stream = controller;
        },
      }),
    )
  );
  const encoder = new TextEncoder();
  const response = await fetch(server.url);
  const reader = response.body!.pipeThrough(new TextDecoderStream())
    .getReader();
  for (const piece of ["one", "two"]) {
    stream.enqueue(encoder.encode(piece));
    assertEquals((await reader.read()).value, piece);
  }
  stream.close();
  assertEquals((await reader.read()).done, true);
});

Deno.test("serveLoopback() breaks off the connection where a body fails half-way", async () => {
  await using server = await serveLoopback(() =>
    new Response(
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          controller.enqueue(new Uint8Array([1]));
          await turns(1);
          controller.error(new ConnectionDropped());
        },
      }),
    )
  );
  await assertRejects(async () => await (await fetch(server.url)).text());
});

Deno.test("serveLoopback() aborts the handler's signal when the client goes away", async () => {
  const arrived = deferred();
  const gone = deferred();
  await using server = await serveLoopback((request) => {
    request.signal.addEventListener("abort", () => gone.resolve());
    arrived.resolve();
    return new Promise(() => {});
  });
  const controller = new AbortController();
  const reason = new Error("enough");
  const pending = fetch(server.url, { signal: controller.signal });
  await arrived.promise;
  controller.abort(reason);
  await assertRejects(() => pending, Error, "enough");
  await gone.promise;
});

Deno.test("serveLoopback() stops a streaming body when the client goes away", async () => {
  const cancelled = deferred();
  await using server = await serveLoopback(() =>
    new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new Uint8Array([1])),
        cancel: () => cancelled.resolve(),
      }),
    )
  );
  const response = await fetch(server.url);
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  await cancelled.promise;
});

Deno.test("close() ends connections that are idle, and requests that are not answered", async () => {
  const arrived = deferred();
  const server = await serveLoopback((request) => {
    if (new URL(request.url).pathname === "/idle") return new Response("done");
    arrived.resolve();
    return new Promise(() => {});
  });
  await (await fetch(`${server.url}/idle`)).text();
  const pending = assertRejects(
    () => fetch(`${server.url}/pending`),
    TypeError,
  );
  await arrived.promise;

  await server.close();
  await server.close();

  await pending;
  await assertRejects(() => fetch(server.url), TypeError);
});

Deno.test("serveLoopback() rejects where the port is taken", async () => {
  await using server = await serveLoopback(() => new Response());
  await assertRejects(() => serveLoopback(() => new Response(), { port: server.port }));
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((keep) => resolve = keep);
  return { promise, resolve };
}
