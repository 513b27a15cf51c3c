/**
 * The table of providers: the only place that names them all.
 *
 * @module
 */
import type { CliProvider } from "../provider.ts";
import { azureProvider } from "./azure.ts";
import { elasticioProvider } from "./elasticio.ts";
import { linodeProvider } from "./linode.ts";
import { lxdProvider } from "./lxd.ts";
import { ociProvider } from "./oci.ts";

/** Every provider, in the order of `--help`. */
export const providers: readonly CliProvider[] = [
  azureProvider,
  elasticioProvider,
  linodeProvider,
  lxdProvider,
  ociProvider,
];

/** The provider of an operation's kind, e.g. of `"elasticio.poll"`. */
export function findProvider(kind: string): CliProvider | undefined {
  return providers.find(({ name }) => kind.startsWith(`${name}.`));
}
