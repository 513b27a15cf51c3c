import { assertEquals, assertThrows } from "@std/assert";
import { azure, elasticio, linode, lxd, oci } from "@lro/machines";
import { checkJson } from "../src/model/check_json.ts";

interface Inner {
  readonly size: number;
  readonly when?: Date;
}
interface Body {
  readonly location: string;
  readonly inner: Inner;
  readonly absent?: string;
}

const body: Body = { location: "westeurope", inner: { size: 3, when: new Date(0) } };
const circle: { self?: object } = {};
circle.self = circle;
const shared = { a: 1 };

const good: Record<string, unknown> = {
  "a value whose type is an interface": body,
  "null": null,
  "a text": "text",
  "nested arrays": [[1, "a", null, [true]]],
  "a field that is undefined": { a: undefined },
  "the same object twice": [shared, shared],
  "an object without a prototype": Object.assign(Object.create(null), { a: 1 }),
  "a Date": new Date(0),
  "a URL, which has toJSON()": new URL("https://a.example"),
};
for (const [what, value] of Object.entries(good)) {
  Deno.test(`checkJson() takes ${what}`, () => checkJson(value, "do it", "body"));
}

const bad: [value: unknown, said: string][] = [
  [() => 1, "body must be what JSON can hold, got a function"],
  [{ a: [1, { b: Symbol("s") }] }, "body.a[1].b must be what JSON can hold, got a symbol"],
  [{ n: 1n }, "body.n must be what JSON can hold, got a bigint"],
  [{ "a b": NaN }, 'body["a b"] must be what JSON can hold, got NaN'],
  [[Infinity], "body[0] must be what JSON can hold, got Infinity"],
  [[undefined], "body[0] must be what JSON can hold, got undefined"],
  // deno-lint-ignore no-sparse-arrays -- a hole is what it is about
  [[1, , 2], "body[1] must be what JSON can hold, got undefined"],
  [circle, "body.self must be what JSON can hold, got an object that it is itself part of"],
  [{ m: new Map() }, "body.m must be what JSON can hold, got an instance of Map"],
  [{ u: new Uint8Array(1) }, "body.u must be what JSON can hold, got an instance of Uint8Array"],
  [new URLSearchParams(), "body must be what JSON can hold, got an instance of URLSearchParams"],
  [{ p: Promise.resolve() }, "body.p must be what JSON can hold, got an instance of Promise"],
  [{ f: new FormData() }, "body.f must be what JSON can hold, got an instance of FormData"],
];
for (const [value, said] of bad) {
  Deno.test(`checkJson() says: ${said}`, () => {
    assertThrows(() => checkJson(value, "do it", "body"), TypeError, `Cannot do it: ${said}`);
  });
}

const request = { method: "POST", url: "https://management.azure.com/r?api-version=1" };
const makes: Record<string, (body: object) => { readonly input: object }> = {
  "azure.operation": (body) => azure.operation({ request: { ...request, body } }),
  "lxd.operation": (body) => lxd.operation({ request: { method: "POST", url: "/1.0/x", body } }),
  "linode.event": (body) =>
    linode.event({
      entityType: "linode",
      entityId: 7,
      action: "linode_rebuild",
      trigger: { ...request, url: "https://api.linode.com/v4/linode/instances/7/rebuild", body },
    }),
  "oci.actAndWaitForWorkRequest": (body) =>
    oci.actAndWaitForWorkRequest({
      baseUrl: "https://iaas.us-ashburn-1.oraclecloud.com",
      action: { ...request, url: "https://iaas.us-ashburn-1.oraclecloud.com/20160918/x", body },
    }),
  "elasticio.execution": (body) =>
    elasticio.execution({
      execution: { execution_type: "verify_credentials", component: "c", account_data: body },
    }),
};

for (const [name, make] of Object.entries(makes)) {
  Deno.test(`${name}() takes a body whose type is an interface, and names what is no JSON`, () => {
    assertEquals(JSON.stringify(make(body).input).includes('"westeurope"'), true);
    const where = name === "elasticio.execution" ? "account_data" : "body";
    for (const wrong of [() => 1, 1n, new Map(), circle]) {
      assertThrows(() => make({ deep: [wrong] }), TypeError, `${where}.deep[0]`);
    }
  });
}

for (const method of ["PATSH", "GETT", "", "a b", "x".repeat(99)]) {
  Deno.test(`a request with method ${JSON.stringify(method.slice(0, 9))} is refused at the call`, () => {
    assertThrows(
      () => lxd.operation({ request: { method, url: "/1.0/x" } }),
      TypeError,
      "method must be one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, got",
    );
  });
}
