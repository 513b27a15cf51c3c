/**
 * The house rules that `deno lint` can enforce.
 *
 * @module
 */
import { noAmbientEffects } from "./lint/ambient_effects.ts";
import { imports } from "./lint/imports.ts";
import { layers } from "./lint/layers.ts";
import { noProviderNames } from "./lint/provider_names.ts";

const plugin: Deno.lint.Plugin = {
  name: "lro",
  rules: {
    "no-ambient-effects": noAmbientEffects,
    "no-provider-names": noProviderNames,
    "no-std-import": imports.noStd,
    "no-provider-import": imports.noOtherProvider,
    "no-entry-import": imports.noEntryPoint,
    "layers": layers,
  },
};

export default plugin;
