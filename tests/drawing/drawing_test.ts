/** Drawings are right, and those that are kept are not stale. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { listKinds } from "@lro/machines";
import { endsOf, readChart } from "../../src/drawing/chart.ts";
import { layOutWithElk } from "../../src/drawing/elk_layout.ts";
import { LAYOUTS } from "../../src/drawing/layouts.generated.ts";
import { builtLayoutOf, layoutOf } from "../../src/drawing/layouts.ts";
import { layOutNested } from "../../src/drawing/nested_layout.ts";
import { drawSvg } from "../../src/drawing/svg.ts";
import { transitionTable } from "../../src/runtime/engine/edges.ts";

const BUILT_IN = listKinds().filter(({ name }) => /^(azure|elasticio|linode|lxd|oci)\./.test(name));

Deno.test("every built-in machine has a layout of its present states: else run `deno task generate`", () => {
  const stale = BUILT_IN.filter(({ machine }) => !builtLayoutOf(readChart(machine.config)));
  assertEquals(stale.map(({ name }) => name), []);
  assertEquals(LAYOUTS.map(({ id }) => id).sort(), BUILT_IN.map(({ name }) => name).sort());
});

for (const { name, machine } of BUILT_IN) {
  Deno.test(`docs/machines/${name}.svg is not stale: else run \`deno task generate\``, async () => {
    const kept = await Deno.readTextFile(
      new URL(`../../docs/machines/${name}.svg`, import.meta.url),
    );
    assertEquals(kept.replaceAll("\r\n", "\n"), drawSvg(layoutOf(machine.config)));
  });

  Deno.test(`the drawing of ${name} has every state, and every arrow that XState has`, () => {
    const chart = readChart(machine.config);
    const { nodes, edges } = layoutOf(machine.config);
    const paths = nodes.filter(({ kind }) => kind !== "start" && kind !== "frame");
    const visit = (node: typeof machine.root): string[] =>
      Object.values(node.states).flatMap((child) => [child.path.join("."), ...visit(child)]);
    assertEquals(paths.map(({ path }) => path).sort(), visit(machine.root).sort());
    assertEquals(edges.filter(({ from }) => from !== undefined).length, chart.edges.length);
    for (const { from, to, events } of chart.edges) {
      const source = from === "" ? machine.root : nodeAt(machine.root, from);
      for (const event of events) {
        const targets = (source.transitions.get(event) ?? []).flatMap(({ target }) =>
          (target ?? []).map(({ path }) => path.join("."))
        );
        assert(targets.includes(to), `${from} ${event} ${to}`);
      }
    }
    assert(transitionTable(machine).start.isHandled);
  });

  Deno.test(`in the drawing of ${name} nothing overlaps and everything is within`, () => {
    const { nodes, width, height } = layoutOf(machine.config);
    const leaves = nodes.filter(({ kind }) => kind === "atomic" || kind === "final");
    for (const [index, a] of leaves.entries()) {
      assert(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height, a.path);
      for (const b of leaves.slice(index + 1)) {
        const isApart = a.x + a.width <= b.x || b.x + b.width <= a.x ||
          a.y + a.height <= b.y || b.y + b.height <= a.y;
        assert(isApart, `${a.path} overlaps ${b.path}`);
      }
    }
  });
}

Deno.test("a chart is read from any XState config", () => {
  const { root, edges } = readChart({
    id: "any.machine",
    initial: "a",
    states: {
      a: {
        on: {
          go: "b",
          stay: ".x",
          far: { target: "#any.machine.c" },
          many: [{ target: "b", guard: "g" }, "c"],
        },
        after: { 1000: "b" },
        initial: "x",
        states: { x: {} },
      },
      b: {
        invoke: { src: "work", onDone: "c", onError: { target: "a" } },
        always: { target: "#see" },
      },
      c: { id: "see", type: "final" },
    },
  });
  assertEquals(root.children.map(({ path, kind, note }) => [path, kind, note]), [
    ["a", "compound", undefined],
    ["b", "atomic", "invokes work"],
    ["c", "final", undefined],
  ]);
  assertEquals(edges.map(({ from, to, events }) => [from, to, ...events]), [
    ["a", "b", "go", "many", "after 1000"],
    ["a", "a.x", "stay"],
    ["a", "c", "far", "many"],
    ["b", "c", "always", "done"],
    ["b", "a", "error"],
  ]);
});

for (
  const config of [undefined, null, 1, "x", [], {}, { states: 7 }, { states: { a: null } }, {
    on: { x: "#gone" },
  }]
) {
  Deno.test(`the config ${JSON.stringify(config)} is drawn as far as it goes`, () => {
    const layout = layOutNested(readChart(config));
    assertMatch(drawSvg(layout), /^<svg [^]*<\/svg>\n$/);
    assertEquals(layout.edges, []);
  });
}

Deno.test("what is too deep or too many is left out", () => {
  let deep: object = {};
  for (let depth = 0; depth < 100; depth++) deep = { states: { s: deep } };
  const wide = {
    states: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`s${n}`, {}])),
  };
  assert(layOutNested(readChart(deep)).nodes.length <= 13);
  assert(layOutNested(readChart(wide)).nodes.length <= 301);
});

Deno.test("boxes within boxes do not overlap their brothers", () => {
  for (const { machine } of BUILT_IN) {
    const chart = readChart(machine.config);
    const { nodes, width, height } = layOutNested(chart);
    const leaves = nodes.filter(({ kind }) => kind === "atomic" || kind === "final");
    assertEquals(nodes.filter(({ kind }) => kind === "final").length, endsOf(chart).length);
    for (const [index, a] of leaves.entries()) {
      assert(a.x + a.width <= width && a.y + a.height <= height, a.path);
      for (const b of leaves.slice(index + 1)) {
        const isApart = a.x + a.width <= b.x || b.x + b.width <= a.x ||
          a.y + a.height <= b.y || b.y + b.height <= a.y;
        assert(isApart, `${machine.id}: ${a.path} overlaps ${b.path}`);
      }
    }
  }
});

Deno.test("names that look like markup are text in a drawing", () => {
  const svg = drawSvg(layOutNested(readChart({ id: '<script>&"', states: { "<b>": {} } })));
  assert(!svg.includes("<script>") && !svg.includes("<b>"));
  assert(svg.includes("&lt;script&gt;&amp;&quot;"));
});

Deno.test("a machine of the same name but other states does not get the kept layout", () => {
  const { machine } = BUILT_IN[0]!;
  const other = { ...(machine.config as object), states: { only: {} } };
  assertEquals(layoutOf(other).nodes.map(({ path }) => path), ["", "only"]);
});

Deno.test("the layout engine's answer is taken over: boxes, corners, labels", async () => {
  const chart = readChart({ id: "m", initial: "a", states: { a: { on: { go: "b" } }, b: {} } });
  const layout = await layOutWithElk(chart, {
    // deno-lint-ignore no-explicit-any -- the engine's own graph type belongs to elkjs
    layout: (graph: any) => {
      graph.width = 100.4;
      graph.height = 50;
      const edge = graph.edges.find(({ labels }: { labels?: unknown }) => labels);
      edge.sections = [{
        startPoint: { x: 1, y: 2 },
        bendPoints: [{ x: 3, y: 2 }],
        endPoint: { x: 3, y: 9 },
      }];
      Object.assign(edge.labels[0], { x: 5, y: 6 });
      return Promise.resolve(graph);
    },
  });
  assertEquals([layout.width, layout.height], [101, 50]);
  assertEquals(layout.edges.map(({ from, to, events, points }) => [from, to, events, points]), [
    ["a", "b", ["go"], [[1, 2], [3, 2], [3, 9]]],
  ]);
  assertEquals(layout.edges[0]?.label?.x, 5);
});

function nodeAt(root: (typeof BUILT_IN)[number]["machine"]["root"], path: string) {
  return path.split(".").reduce((node, key) => node.states[key]!, root);
}
