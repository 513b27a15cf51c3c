/**
 * The Autorest test server, on a free loopback port. It has no option for the
 * address it listens on, so `listen` is made to mean 127.0.0.1 first; nor one to
 * keep its coverage to itself, so it writes to nowhere. Prints its port when it is
 * ready; ends with its standard input.
 *
 * @module
 */
import fs from "node:fs";
import { Server } from "node:net";
import process from "node:process";

const print = console.log;
console.log = () => {}; // its routes talk

const listen = Server.prototype.listen as (...args: unknown[]) => Server;
Server.prototype.listen = function (this: Server, _port: unknown, ready: unknown): Server {
  this.once("listening", () => {
    const address = this.address();
    if (typeof address === "object" && address) print(`port ${address.port}`);
  });
  return listen.call(this, 0, "127.0.0.1", ready);
};

const nothing = () => {};
Object.assign(fs, { mkdirSync: nothing, writeFileSync: nothing });
Object.assign(fs.promises, { mkdir: nothing, writeFile: nothing });

process.argv.splice(2, Infinity, "run", "--level", "silent");
// Not in deno.json and not a literal: else every clone fetches its hundreds of
// packages before it does anything.
const server = "npm:@microsoft.azure/autorest.testserver@3.3.51";
await import(server);

for await (const _ of Deno.stdin.readable); // whoever started us is gone
Deno.exit(0);
