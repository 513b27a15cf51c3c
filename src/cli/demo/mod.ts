/**
 * The table of the demo's providers.
 *
 * @module
 */
import { azureDemo } from "./azure.ts";
import { busyDemo } from "./busy.ts";
import { elasticioDemo } from "./elasticio.ts";
import { linodeDemo } from "./linode.ts";
import { lxdDemo } from "./lxd.ts";
import { ociDemo } from "./oci.ts";
import type { DemoProvider } from "./scenario.ts";

/** Every provider's part, in the order of display. */
export const demoProviders: readonly DemoProvider[] = [
  azureDemo,
  busyDemo,
  elasticioDemo,
  linodeDemo,
  lxdDemo,
  ociDemo,
];
