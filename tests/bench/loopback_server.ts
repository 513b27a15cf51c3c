/**
 * The status service over HTTP, for a process of its own. The path says it all:
 * `/operations/<id>` is `Running` until it was asked for `polls` times.
 *
 * Prints its port. The only argument is the number of polls.
 *
 * @module
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { type OperationStatus, VALUE } from "./status_service.ts";

const polls = Number(process.argv[2]);
const counts = new Map<string, number>();
const running = encode({ status: "Running" });
const succeeded = encode({ status: "Succeeded", value: VALUE });

const server = createServer((request, response) => {
  const path = request.url ?? "";
  const count = (counts.get(path) ?? 0) + 1;
  if (count < polls) counts.set(path, count);
  else counts.delete(path);
  const body = count < polls ? running : succeeded;
  response.writeHead(200, {
    "content-type": "application/json",
    "content-length": body.length,
  });
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", 4_096, () => {
  console.log((server.address() as AddressInfo).port);
});

function encode(status: OperationStatus): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(status));
}
