/**
 * The least that an application takes: the core and one provider.
 *
 * @module
 */
import { operation } from "@lro/machines/azure";
import { wait } from "@lro/machines/core";

const request = { method: "DELETE", url: "https://management.azure.com/r?api-version=1" };
console.log(await wait(operation({ request })));
