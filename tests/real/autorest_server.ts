/**
 * The Autorest test server, on a free loopback port. It has no option for the
 * address it listens on, so `listen` is made to mean 127.0.0.1 first. Prints its
 * port when it is ready; ends with its standard input.
 *
 * @module
 */
import { Server } from "node:net";
import process from "node:process";

const listen = Server.prototype.listen as (...args: unknown[]) => Server;
Server.prototype.listen = function (this: Server, _port: unknown, ready: unknown): Server {
  this.once("listening", () => {
    const address = this.address();
    if (typeof address === "object" && address) console.log(`port ${address.port}`);
  });
  return listen.call(this, 0, "127.0.0.1", ready);
};

const [coverageDirectory = "."] = Deno.args;
process.argv.splice(2, Infinity, "run", "--coverageDirectory", coverageDirectory);
await import("@microsoft.azure/autorest.testserver");

for await (const _ of Deno.stdin.readable); // whoever started us is gone
Deno.exit(0);
