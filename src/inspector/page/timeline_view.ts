/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * When an operation was asking and when it was waiting, with `Retry-After` and the
 * poll that comes next.
 *
 * @module
 */
import type { Shape } from "../../drawing/shapes.ts";
import type { WireEntry, WireRow } from "../wire/wire.ts";
import { h, toSvg } from "./dom.ts";
import { findSpans, type Span } from "./spans.ts";
import { spanText } from "./text.ts";

const HEIGHT = 76;
const LANES = { requesting: 14, retrying: 14, waiting: 36 } as const;
const LANE_HEIGHT = 14;
const AXIS_Y = 60;
/** Room for the names of the lanes. */
const LEFT = 58;

/** What the timeline shows. */
export interface TimelineMoment {
  /** The operation. */
  readonly row: WireRow;
  /** All that is known of its past. */
  readonly entries: readonly WireEntry[];
  /** The moment that is looked at. */
  readonly at: WireEntry | undefined;
  /** The runtime's time. */
  readonly now: number;
  /** How the end is coloured. */
  readonly tone: string;
}

/** Draws the timeline. */
export class TimelineView {
  /** Its place. */
  readonly element: HTMLElement;
  readonly #picture = h("div");
  #from = 0;
  #scale = 1;

  /** `onPick` hears of clicks, as a time. */
  constructor(onPick: (at: number) => void) {
    this.element = h("div", { class: "timeline" }, [
      this.#picture,
      h("div", { class: "legend" }, [
        h("span", { class: "requesting", text: "asking" }),
        h("span", { text: "waiting" }),
        h("span", { class: "retrying", text: "before another attempt, or Retry-After" }),
      ]),
    ]);
    this.#picture.addEventListener("click", (event) => {
      const { left } = this.#picture.getBoundingClientRect();
      onPick(this.#from + ((event as MouseEvent).clientX - left - LEFT) / this.#scale);
    });
  }

  /** Shows one operation. */
  show({ row, entries, at, now, tone }: TimelineMoment): void {
    const width = Math.max(240, this.#picture.clientWidth || 600);
    const from = entries[0]?.at ?? row.startedAt;
    const next = row.nextPollAt;
    const to = row.endedAt ?? Math.max(now, Math.min(next ?? now, now + (now - from) / 4 + 1_000));
    const scale = (width - LEFT - 8) / Math.max(1, to - from);
    this.#from = from;
    this.#scale = scale;
    const x = (time: number): number => LEFT + Math.max(0, Math.min(to, time) - from) * scale;
    const shapes: Shape[] = [
      lane("asking", LANES.requesting),
      lane("waiting", LANES.waiting),
      ...ticks(from, to).map((time): Shape[] => [
        line("axis", x(time), 6, AXIS_Y - 6),
        words(x(time), AXIS_Y + 10, `+${spanText(time - from)}`),
      ]).flat(),
      ...findSpans(entries).flatMap((span) => drawSpan(span, { x, now: row.endedAt ?? now })),
    ];
    if (next !== undefined && next > now && row.askedAt === undefined) {
      shapes.push({
        tag: "rect",
        attributes: {
          class: "next",
          x: x(now),
          y: LANES.waiting + 0.5,
          width: Math.max(1, x(next) - x(now)),
          height: LANE_HEIGHT - 1,
          rx: 3,
        },
        children: [title(`The next poll is due in ${spanText(next - now)}`)],
      });
    }
    if (row.endedAt !== undefined) {
      shapes.push({
        tag: "circle",
        attributes: { class: "ended", cx: x(row.endedAt), cy: AXIS_Y - 8, r: 5 },
        children: [title(row.value)],
      });
    }
    if (at) {
      shapes.push(line("cursor", x(at.at), 4, AXIS_Y - 2), {
        tag: "circle",
        attributes: { class: "cursor-dot", cx: x(at.at), cy: 4, r: 3.5 },
      });
    }
    this.element.className = `timeline tone-${tone}`;
    const attributes = { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": "Timeline" };
    this.#picture.replaceChildren(toSvg({ tag: "svg", attributes, children: shapes }));
  }
}

function drawSpan(
  { kind, from, to, retryAfterMs, status }: Span,
  { x, now }: { readonly x: (time: number) => number; readonly now: number },
): Shape[] {
  const end = to ?? now;
  const y = LANES[kind];
  const said = retryAfterMs === undefined ? "" : `, Retry-After ${spanText(retryAfterMs)}`;
  const bar: Shape = {
    tag: "rect",
    attributes: {
      class: `${kind}${status !== undefined && status >= 400 ? " refused" : ""}`,
      x: x(from),
      y,
      width: Math.max(2, x(end) - x(from)),
      height: LANE_HEIGHT,
      rx: 3,
    },
    children: [title(
      `${kind} ${spanText(end - from)}${said}${status === undefined ? "" : `, HTTP ${status}`}`,
    )],
  };
  if (kind !== "waiting" || retryAfterMs === undefined) return [bar];
  return [bar, {
    tag: "path",
    attributes: {
      class: "retry-after",
      d: `M${x(from)} ${y + LANE_HEIGHT + 3}H${x(Math.min(end, from + retryAfterMs))}`,
    },
    children: [title(`Retry-After ${spanText(retryAfterMs)}`)],
  }];
}

/** Four to eight round times. */
function ticks(from: number, to: number): number[] {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const times: number[] = [];
  for (let time = from; time < to && times.length < 20; time += step) times.push(time);
  return times;
}

function lane(text: string, y: number): Shape {
  return {
    tag: "text",
    attributes: { class: "lane", x: 0, y: y + 11 },
    children: text,
  };
}

function line(className: string, x: number, y1: number, y2: number): Shape {
  return { tag: "line", attributes: { class: className, x1: x, x2: x, y1, y2 } };
}

function words(x: number, y: number, text: string): Shape {
  return { tag: "text", attributes: { x, y }, children: text };
}

function title(text: string): Shape {
  return { tag: "title", attributes: {}, children: text };
}
