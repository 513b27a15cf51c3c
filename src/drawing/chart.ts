/**
 * A statechart as boxes and arrows, read from any XState machine config: what is
 * drawn, before anybody says where.
 *
 * @module
 */

/** One state. */
export interface ChartNode {
  /** Its path with dots, e.g. `"polling.waiting"`; empty for the machine as a whole. */
  readonly path: string;
  /** Its own name. */
  readonly name: string;
  /** What it does, in a word or two: the request it sends, the actor it invokes. */
  readonly note?: string;
  /** `final` for an end. */
  readonly kind: "compound" | "atomic" | "final";
  /** The path of the child that is entered first. */
  readonly initial?: string;
  /** States within. */
  readonly children: readonly ChartNode[];
}

/** Everything that leads from one state to another. */
export interface ChartEdge {
  /** Path of the state that is left. */
  readonly from: string;
  /** Path of the state that is entered. */
  readonly to: string;
  /** The events. */
  readonly events: readonly string[];
}

/** A statechart. */
export interface Chart {
  /** The machine's name. */
  readonly id: string;
  /** The machine as a whole. */
  readonly root: ChartNode;
  /** Its arrows. */
  readonly edges: readonly ChartEdge[];
}

/** As much of an XState config as is drawn; it may come from anywhere. */
interface Config {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly initial?: unknown;
  readonly entry?: unknown;
  readonly invoke?: unknown;
  readonly states?: unknown;
  readonly on?: unknown;
  readonly after?: unknown;
  readonly always?: unknown;
  readonly onDone?: unknown;
}

/** States deeper than this are not drawn. */
const MAX_DEPTH = 12;
/** States beyond this many are not drawn. */
const MAX_STATES = 300;

/**
 * Reads a machine's config.
 *
 * @param config As `machine.config` is, or its JSON; what cannot be understood is left out.
 */
export function readChart(config: unknown): Chart {
  const reader = new Reader();
  const root = reader.node(toObject(config), { path: "", name: "", depth: 0 });
  const id = toObject(config).id;
  return {
    id: typeof id === "string" ? id : "(machine)",
    root: { ...root, name: typeof id === "string" ? id : "(machine)" },
    edges: reader.edges(),
  };
}

/** The final states at the top, which stand outside of the machine's frame. */
export function endsOf({ root }: Chart): ChartNode[] {
  return root.children.filter(({ kind }) => kind === "final");
}

interface Place {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
}

class Reader {
  readonly #configs = new Map<string, Config>();
  readonly #pathById = new Map<string, string>();

  node(config: Config, { path, name, depth }: Place): ChartNode {
    this.#configs.set(path, config);
    if (typeof config.id === "string") this.#pathById.set(config.id, path);
    const children: ChartNode[] = [];
    if (depth < MAX_DEPTH) {
      for (const [key, child] of Object.entries(toObject(config.states))) {
        if (this.#configs.size >= MAX_STATES) break;
        const place = { path: join(path, key), name: key, depth: depth + 1 };
        children.push(this.node(toObject(child), place));
      }
    }
    const note = noteOf(config);
    const { initial } = config;
    const first = typeof initial === "string" ? initial : toObject(initial)["target"];
    return {
      path,
      name,
      ...(note !== undefined && { note }),
      kind: config.type === "final" ? "final" : children.length > 0 ? "compound" : "atomic",
      ...(typeof first === "string" && { initial: join(path, first.replace(/^\./, "")) }),
      children,
    };
  }

  edges(): ChartEdge[] {
    const edges = new Map<string, { from: string; to: string; events: string[] }>();
    for (const [from, config] of this.#configs) {
      for (const [event, target] of arrowsOf(config)) {
        const to = this.#resolve(target, from);
        if (to === undefined) continue;
        const key = `${from} ${to}`;
        const known = edges.get(key);
        if (!known) edges.set(key, { from, to, events: [event] });
        else if (!known.events.includes(event)) known.events.push(event);
      }
    }
    return [...edges.values()];
  }

  #resolve(target: string, from: string): string | undefined {
    const path = this.#pathOf(target, from);
    return this.#configs.has(path) ? path : undefined;
  }

  #pathOf(target: string, from: string): string {
    if (target.startsWith(".")) return join(from, target.slice(1));
    if (!target.startsWith("#")) {
      return join(from.split(".").slice(0, -1).join("."), target);
    }
    const id = target.slice(1);
    const known = this.#pathById.get(id);
    if (known !== undefined) return known;
    // `#id.child`; an id may hold dots itself.
    for (let dot = id.lastIndexOf("."); dot > 0; dot = id.lastIndexOf(".", dot - 1)) {
      const path = this.#pathById.get(id.slice(0, dot));
      if (path !== undefined) return join(path, id.slice(dot + 1));
    }
    return "?";
  }
}

/** Every arrow that leaves a state: what for, and where to. */
function* arrowsOf(config: Config): Iterable<[event: string, target: string]> {
  for (const [event, ways] of Object.entries(toObject(config.on))) {
    for (const target of targetsOf(ways)) yield [event, target];
  }
  for (const [delay, ways] of Object.entries(toObject(config.after))) {
    for (const target of targetsOf(ways)) yield [`after ${delay}`, target];
  }
  for (const target of targetsOf(config.always)) yield ["always", target];
  for (const target of targetsOf(config.onDone)) yield ["done", target];
  for (const invoked of toArray(config.invoke).map(toObject)) {
    for (const target of targetsOf(invoked["onDone"])) yield ["done", target];
    for (const target of targetsOf(invoked["onError"])) yield ["error", target];
  }
}

function targetsOf(ways: unknown): string[] {
  return toArray(ways).flatMap((way) => typeof way === "string" ? way : toObject(way)["target"])
    .filter((target) => typeof target === "string");
}

function noteOf({ entry, invoke }: Config): string | undefined {
  for (const action of toArray(entry)) {
    if (action === "wait") return "pause";
    const { type, params } = toObject(action);
    const step = toObject(params)["step"];
    if (type === "request" && typeof step === "string") return `asks: ${step}`;
  }
  const [invoked] = toArray(invoke);
  const source = typeof invoked === "string" ? invoked : toObject(invoked)["src"];
  return typeof source === "string" ? `invokes ${source}` : undefined;
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function toArray(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : [value].flat();
}

function toObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
