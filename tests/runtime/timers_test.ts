import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { TimerNode, TimerWheel } from "../../src/runtime/timers.ts";

/** A clock with room for one timer, which is all that a wheel may ask for. */
class OneTimerClock {
  nowMs: number;
  timer: { readonly fn: () => void; atMs: number } | undefined;
  armings = 0;

  constructor(startMs = 0) {
    this.nowMs = startMs;
  }

  now = (): number => this.nowMs;

  setTimeout = (fn: (...args: unknown[]) => void, ms: number): unknown => {
    assertEquals(this.timer, undefined, "two real timers at once");
    assert(ms >= 0 && ms <= 2 ** 31 - 1, `setTimeout cannot wait ${ms} ms`);
    this.armings++;
    return this.timer = { fn, atMs: this.nowMs + ms };
  };

  clearTimeout = (id: unknown): void => {
    if (this.timer === id) this.timer = undefined;
  };

  /** Corrects the time; what was armed for a span still waits for as long. */
  setBack(ms: number): void {
    this.nowMs -= ms;
    if (this.timer) this.timer.atMs -= ms;
  }

  /** Moves on; timers fire at their time, or all too late. */
  advance(ms: number, options: { readonly isLate?: boolean } = {}): void {
    const end = this.nowMs + ms;
    if (options.isLate) this.nowMs = end;
    while (this.timer && this.timer.atMs <= end) {
      const { fn, atMs } = this.timer;
      this.timer = undefined;
      this.nowMs = Math.max(this.nowMs, atMs);
      fn();
    }
    this.nowMs = end;
  }
}

class Bell extends TimerNode {
  readonly rings: number[] = [];
  onRing: (() => void) | undefined;

  constructor(readonly clock: OneTimerClock) {
    super();
  }

  override wake(): void {
    this.rings.push(this.clock.nowMs);
    this.onRing?.();
  }
}

function create(startMs = 0) {
  const clock = new OneTimerClock(startMs);
  const reported: unknown[] = [];
  const wheel = new TimerWheel(clock, (error) => void reported.push(error));
  return { clock, wheel, reported, bell: () => new Bell(clock) };
}

const SECOND = 1_000;
const DAY = 24 * 3_600 * SECOND;
const YEAR = 365 * DAY;

for (
  const delay of [
    1,
    31,
    32,
    33,
    1_023,
    1_024,
    1_025,
    32 ** 3,
    32 ** 4 - 1,
    DAY,
    2 ** 31,
    YEAR,
    32 ** 7,
    10 * YEAR,
  ]
) {
  Deno.test(`a timer of ${delay} ms fires once, after exactly ${delay} ms`, () => {
    for (const startMs of [0, 1, 31, 1_700_000_000_000]) {
      const { clock, wheel, bell } = create(startMs);
      const node = bell();
      wheel.arm(node, startMs + delay);
      clock.advance(delay - 1);
      assertEquals(node.rings, []);
      clock.advance(1);
      assertEquals(node.rings, [startMs + delay]);
      assertEquals([wheel.size, clock.timer], [0, undefined]);
    }
  });
}

Deno.test("a timer a year away costs few looks at the clock", () => {
  const { clock, wheel, bell } = create();
  wheel.arm(bell(), YEAR);
  clock.advance(YEAR);
  assert(clock.armings < 40, `${clock.armings} real timers`);
});

Deno.test("a fraction of a millisecond is rounded up, never down", () => {
  const { clock, wheel, bell } = create();
  const node = bell();
  clock.nowMs = 0.7;
  wheel.arm(node, 10.2);
  clock.advance(9.9); // 10.6
  assertEquals(node.rings, []);
  clock.advance(0.4);
  assertEquals(node.rings.length, 1);
});

Deno.test("a time that has passed means the next millisecond", () => {
  const { clock, wheel, bell } = create(500);
  const node = bell();
  wheel.arm(node, 100);
  assertEquals(node.rings, []);
  clock.advance(1);
  assertEquals(node.rings, [501]);
});

Deno.test("an armed timer that is armed again forgets its first time", () => {
  const { clock, wheel, bell } = create();
  const node = bell();
  wheel.arm(node, 50);
  wheel.arm(node, 5_000);
  clock.advance(4_999);
  assertEquals(node.rings, []);
  wheel.arm(node, 5_010);
  clock.advance(11);
  assertEquals(node.rings, [5_010]);
});

Deno.test("with the last timer the real one goes too", () => {
  const { clock, wheel, bell } = create();
  const [a, b] = [bell(), bell()];
  wheel.arm(a, 100);
  wheel.arm(b, 5_000_000);
  wheel.disarm(a);
  assert(clock.timer);
  wheel.disarm(b);
  wheel.disarm(b);
  assertEquals([wheel.size, clock.timer], [0, undefined]);
});

Deno.test("a timer armed inside wake fires in its turn, also the same node again", () => {
  const { clock, wheel, bell } = create();
  const [node, other] = [bell(), bell()];
  node.onRing = () => {
    if (node.rings.length < 4) wheel.arm(node, clock.nowMs + 1_000);
    if (node.rings.length === 1) wheel.arm(other, clock.nowMs);
  };
  wheel.arm(node, 10);
  clock.advance(10_000);
  assertEquals(node.rings, [10, 1_010, 2_010, 3_010]);
  assertEquals(other.rings, [11]);
  assertEquals([wheel.size, clock.timer], [0, undefined]);
});

Deno.test("a timer disarmed inside the wake of another does not fire", () => {
  const { clock, wheel, bell } = create();
  const [a, b, c] = [bell(), bell(), bell()];
  for (const node of [a, b, c]) wheel.arm(node, 64);
  a.onRing = () => wheel.disarm(b);
  clock.advance(100);
  assertEquals([a, b, c].map(({ rings }) => rings.length), [1, 0, 1]);
});

Deno.test("what a timer throws is reported and disturbs no other", () => {
  const { clock, wheel, reported, bell } = create();
  const [a, b] = [bell(), bell()];
  a.onRing = () => {
    throw new Error("ouch");
  };
  wheel.arm(a, 7);
  wheel.arm(b, 7);
  wheel.arm(bell(), 700);
  clock.advance(1_000);
  assertEquals(b.rings, [7]);
  assertEquals(reported.map(String), ["Error: ouch"]);
  assertEquals(wheel.size, 0);
});

Deno.test("after a long sleep of the machine everything due fires at once, in order", () => {
  const { clock, wheel, bell } = create();
  const order: number[] = [];
  for (const due of [3 * DAY, 5, 40_000, YEAR / 2, 33]) {
    const node = bell();
    node.onRing = () => order.push(due);
    wheel.arm(node, due);
  }
  clock.advance(YEAR / 2 - 1, { isLate: true });
  assertEquals(order, [5, 33, 40_000, 3 * DAY]);
  assertEquals(wheel.size, 1);
});

Deno.test("a clock that is set back delays no timer that is armed afterwards", () => {
  const { clock, wheel, bell } = create(10 * DAY);
  const [before, after] = [bell(), bell()];
  wheel.arm(before, 10 * DAY + 10);
  clock.advance(10);
  wheel.arm(before, 10 * DAY + 5_000);
  clock.setBack(DAY);
  wheel.arm(after, clock.nowMs + 1_000);
  clock.advance(1_001);
  assertEquals(after.rings.length, 1);
  assertEquals(before.rings.length, 1);
  clock.advance(DAY + 5_000);
  assertEquals(before.rings.length, 2);
});

/** What is done to a wheel, and how far on. */
interface Step {
  readonly what: "arm" | "disarm" | "advance" | "advance late" | "set back";
  readonly node: number;
  readonly ms: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    ...["arm", "arm", "disarm", "advance", "advance late", "set back"] as const,
  ),
  node: fc.nat({ max: 11 }),
  ms: fc.oneof(
    ...[0, 70, 40_000, DAY, 3 * YEAR].map((max) => fc.nat({ max })),
    fc.integer({ min: -500, max: 0 }),
  ),
});

/** Does it all to a wheel, and to a list of the times at which each must ring. */
function compareWithList(startMs: number, steps: readonly Step[]): void {
  const { clock, wheel, bell } = create(startMs);
  const due = new Map<Bell, { readonly from: number; readonly to: number }>();
  let isLate = false;
  let slackMs = 0; // once the clock was set back, the wheel may be late by one
  const bells = Array.from({ length: 12 }, () => {
    const each = bell();
    each.onRing = () => {
      const { from, to } = due.get(each)!; // or else it was not armed
      due.delete(each);
      assert(clock.nowMs >= from, "too early");
      assert(isLate || clock.nowMs <= to + slackMs, "too late");
    };
    return each;
  });
  for (const { what, node, ms } of steps) {
    const each = bells[node]!;
    if (what === "arm") {
      const from = clock.nowMs + ms;
      wheel.arm(each, from);
      due.set(each, { from, to: Math.max(from, clock.nowMs + 1) });
    } else if (what === "disarm") {
      wheel.disarm(each);
      due.delete(each);
    } else if (what === "set back") {
      clock.setBack(Math.min(Math.abs(ms), DAY, clock.nowMs));
      slackMs = 1;
    } else {
      isLate = what === "advance late";
      clock.advance(Math.abs(ms), { isLate });
      clock.advance(slackMs);
      for (const { to } of due.values()) assert(to > clock.nowMs - slackMs, "missed");
    }
    assertEquals(wheel.size, due.size);
    assertEquals(clock.timer !== undefined, due.size > 0);
  }
}

Deno.test("the wheel does what a list of times does, whatever is armed, forgotten, late or set back", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 * YEAR }), fc.array(step, { maxLength: 60 }), compareWithList),
    { numRuns: 3_000 },
  );
});
