import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ConnectionDropped, inProcessFetch } from "@lro/machines/testing";
import { turns } from "./_turns.ts";

Deno.test("inProcessFetch() hands over method, URL, headers and body", async () => {
  const fetch = inProcessFetch(async (request) =>
    Response.json([
      request.method,
      request.url,
      request.headers.get("x-some"),
      await request.text(),
    ])
  );
  const expected = ["POST", "http://localhost/a?b=1", "header", "body"];
  const init = {
    method: "POST",
    headers: { "x-some": "header" },
    body: "body",
  };
  for (
    const response of [
      await fetch("http://localhost/a?b=1", init),
      await fetch(new URL("http://localhost/a?b=1"), init),
      await fetch(new Request("http://localhost/a?b=1", init)),
    ]
  ) {
    assertEquals(await response.json(), expected);
    assertEquals(response.url, "http://localhost/a?b=1");
  }
});

Deno.test("inProcessFetch() calls the handler in the order of the requests", async () => {
  const seen: string[] = [];
  const fetch = inProcessFetch((request) => {
    seen.push(new URL(request.url).pathname);
    return new Response();
  });
  await Promise.all([
    fetch(
      "http://localhost/1",
      {
        method: "POST",
        body: new Blob(["slow"]).stream(),
        duplex: "half",
      } as RequestInit,
    ),
    fetch("http://localhost/2"),
    fetch(new Request("http://localhost/3")),
  ]);
  assertEquals(seen, ["/1", "/2", "/3"]);
});

Deno.test("inProcessFetch() turns a dropped connection into Node's TypeError", async () => {
  const fetch = inProcessFetch(() => {
    throw new ConnectionDropped();
  });
  const error = await assertRejects(
    () => fetch("http://localhost/"),
    TypeError,
    "fetch failed",
  );
  assertEquals((error.cause as { code?: string }).code, "UND_ERR_SOCKET");
});

Deno.test("inProcessFetch() rejects with any other error of the handler's", async () => {
  const broken = new Error("broken handler");
  const fetch = inProcessFetch(() => Promise.reject(broken));
  assertStrictEquals(
    await assertRejects(() => fetch("http://localhost/")),
    broken,
  );
});

Deno.test("inProcessFetch() rejects at once when the signal aborts, and tells the handler", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  let handlerSaw: unknown;
  const fetch = inProcessFetch((request) => {
    request.signal.addEventListener(
      "abort",
      () => handlerSaw = request.signal.reason,
    );
    return new Promise(() => {});
  });
  const pending = fetch("http://localhost/", { signal: controller.signal });
  let rejection: unknown;
  pending.catch((error) => rejection = error);

  controller.abort(reason);
  for (let hops = 0; hops < 10; hops++) await undefined;

  assertStrictEquals(rejection, reason);
  assertStrictEquals(handlerSaw, reason);
});

Deno.test("inProcessFetch() does not call the handler for an aborted signal", async () => {
  let calls = 0;
  const fetch = inProcessFetch(() => {
    calls++;
    return new Response();
  });
  const reason = new Error("too late");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(
    await assertRejects(() => fetch("http://localhost/", { signal })),
    reason,
  );
  assertStrictEquals(
    await assertRejects(() => fetch(new Request("http://localhost/", { signal }))),
    reason,
  );
  assertEquals(calls, 0);
});

Deno.test("inProcessFetch() aborts a body that is being read", async () => {
  const controller = new AbortController();
  let cancelled: unknown;
  const fetch = inProcessFetch(() =>
    new Response(
      new ReadableStream({
        start: (stream) => stream.enqueue(new TextEncoder().encode("first")),
        cancel(reason) {
          cancelled = reason;
        },
      }),
    )
  );
  const response = await fetch("http://localhost/", {
    signal: controller.signal,
  });
  const reader = response.body!.getReader();
  await reader.read();
  const pending = reader.read();

  const reason = new Error("enough");
  controller.abort(reason);

  assertStrictEquals(await assertRejects(() => pending), reason);
  await turns(1);
  assertStrictEquals(cancelled, reason);
});

Deno.test("inProcessFetch() leaves no listener on the signal", async () => {
  let listeners = 0;
  class CountingSignal extends EventTarget {
    readonly aborted = false;
    throwIfAborted(): void {}
    override addEventListener(): void {
      listeners++;
    }
    override removeEventListener(): void {
      listeners--;
    }
  }
  const signal = new CountingSignal() as unknown as AbortSignal;
  const bodies: Record<string, () => Response> = {
    text: () => new Response("some"),
    none: () => new Response(null, { status: 204 }),
    error: () => {
      throw new ConnectionDropped();
    },
  };
  for (const [name, answer] of Object.entries(bodies)) {
    await inProcessFetch(answer)("http://localhost/", { signal })
      .then((response) => response.text(), () => {});
    assertEquals(listeners, 0, name);
  }
  const response = await inProcessFetch(bodies["text"]!)("http://localhost/", {
    signal,
  });
  await response.body?.cancel();
  assertEquals(listeners, 0);
});

Deno.test("inProcessFetch() returns redirects as they are with redirect: manual", async () => {
  const fetch = inProcessFetch(() =>
    new Response(null, { status: 303, headers: { location: "/there" } })
  );
  const response = await fetch("http://localhost/here", { redirect: "manual" });
  assertEquals([response.status, response.headers.get("location")], [
    303,
    "/there",
  ]);
  await assertRejects(
    () => fetch("http://localhost/here", { redirect: "error" }),
    TypeError,
  );
});

Deno.test("inProcessFetch() follows redirects as browsers do", async () => {
  const seen: string[] = [];
  const fetch = inProcessFetch(async (request) => {
    const { host, pathname } = new URL(request.url);
    const credentials = request.headers.get("authorization") ?? "none";
    seen.push(
      [request.method, host, pathname, await request.text(), credentials].join(
        " ",
      ),
    );
    switch (pathname) {
      case "/a":
        return new Response(null, { status: 302, headers: { location: "/b" } });
      case "/b":
        return new Response(null, {
          status: 307,
          headers: { location: "http://elsewhere/c" },
        });
      default:
        return new Response("end");
    }
  });
  const response = await fetch("http://localhost/a", {
    method: "POST",
    body: "some",
    headers: { authorization: "secret" },
  });
  assertEquals(seen, [
    "POST localhost /a some secret",
    "GET localhost /b  secret",
    "GET elsewhere /c  none",
  ]);
  assert(response.redirected);
  assertEquals(response.url, "http://elsewhere/c");
  assertEquals(await response.text(), "end");
});

Deno.test("inProcessFetch() says why it cannot follow a redirect", async () => {
  const fetch = inProcessFetch((request) =>
    new Response(null, {
      status: request.method === "GET" ? 302 : 308,
      headers: { location: "/again" },
    })
  );
  await assertRejects(
    () => fetch("http://localhost/"),
    TypeError,
    "20 were followed already",
  );
  await assertRejects(
    () => fetch("http://localhost/", { method: "PUT", body: "some" }),
    TypeError,
    "308 asks to send the body again",
  );
});
