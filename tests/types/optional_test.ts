/** Public option types, as callers with other compiler flags than ours see them. */
import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url);

for (const exactOptionalPropertyTypes of [true, false]) {
  const flag = `exactOptionalPropertyTypes ${exactOptionalPropertyTypes ? "on" : "off"}`;
  Deno.test(`options from optional sources compile with ${flag}`, async () => {
    const own = Object.entries(config.exports).map(([name, path]) => [
      config.name + name.slice(1),
      new URL(path, root).href,
    ]);
    const file = await Deno.makeTempFile({ suffix: ".json" });
    try {
      await Deno.writeTextFile(
        file,
        JSON.stringify({
          imports: { ...config.imports, ...Object.fromEntries(own) },
          compilerOptions: { ...config.compilerOptions, exactOptionalPropertyTypes },
        }),
      );
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["check", "--quiet", "--no-lock", "--config", file],
          new URL("optional_sources.ts", import.meta.url).pathname,
        ],
        env: { NO_COLOR: "1" },
      }).output();
      assertEquals(success ? "" : new TextDecoder().decode(stderr), "");
    } finally {
      await Deno.remove(file);
    }
  });
}
