/**
 * A hierarchical timer wheel on the injected clock: any number of timers on one
 * real one, constant cost to arm and to forget, no allocation (whoever waits is
 * its own list node).
 *
 * Level 0 has 32 slots of 1 ms, level 1 has 32 slots of 32 ms, and so on; a
 * bitmap a level says which slots hold something. When time reaches the start of
 * a slot of a higher level, its timers move down. Nothing ever fires early.
 * (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987.)
 *
 * @module
 */
import type { Clock } from "../services.ts";

/** Somebody who can be woken once at a time. */
export abstract class TimerNode {
  /** When to wake, in whole milliseconds since the wheel began: small numbers need no box in V8. */
  dueMs = 0;
  /** Which slot holds the node; -1 for none. */
  slot = -1;
  /** Neighbours in the slot's ring. */
  next: TimerNode | null = null;
  /** Neighbours in the slot's ring. */
  previous: TimerNode | null = null;

  /**
   * Called when the time has come; the node is free to be armed again.
   *
   * @param nowMs The present time, in milliseconds of the clock, give or take a few dozen other nodes.
   */
  abstract wake(nowMs: number): void;
}

const BITS = 5;
const SLOTS = 1 << BITS;
const MASK = SLOTS - 1;
const LEVELS = 7; // 32^7 ms is more than a year; what lies beyond goes round again
const SPAN = Array.from({ length: LEVELS + 1 }, (_, level) => SLOTS ** level);
/** Longer delays make real timers fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The wheel. */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;
  /** When the wheel began, in whole milliseconds of the clock; all times in here count from it. */
  readonly epochMs: number;
  /** First node of every slot's ring; made when first needed. */
  #rings: (TimerNode | null)[] | undefined;
  readonly #occupied = new Int32Array(LEVELS);
  /** Everything due up to here has fired. */
  #tick = 0;
  #size = 0;
  #timer: unknown;
  #armedFor = Infinity;
  #turning = false;

  /**
   * @param clock Time and the one real timer.
   * @param report Told what a node throws; the others are not disturbed.
   */
  constructor(clock: Clock, report: (error: unknown) => void) {
    this.#clock = clock;
    this.#report = report;
    this.epochMs = Math.floor(clock.now());
  }

  /** How many timers are armed. */
  get size(): number {
    return this.#size;
  }

  /**
   * Arms a node, or arms it anew.
   *
   * @param timeMs When to wake it, in milliseconds of the clock; a time that has passed means the next millisecond.
   */
  arm(node: TimerNode, timeMs: number): void {
    this.armFor(node, Math.ceil(timeMs) - this.epochMs);
  }

  /**
   * Arms a node, or arms it anew.
   *
   * @param dueMs When to wake it, in whole milliseconds since the wheel began.
   */
  armFor(node: TimerNode, dueMs: number): void {
    if (node.slot >= 0) {
      if (node.dueMs === dueMs) return;
      this.#unlink(node);
    }
    if (this.#size === 0 && !this.#turning) {
      this.#tick = Math.floor(this.#clock.now()) - this.epochMs;
    }
    node.dueMs = dueMs;
    const wakeAt = this.#link(node, this.#tick + 1);
    if (wakeAt < this.#armedFor && !this.#turning) this.#armClock(wakeAt);
  }

  /** Forgets a node's timer, if it has one. With the last one the real timer goes too. */
  disarm(node: TimerNode): void {
    if (node.slot < 0) return;
    this.#unlink(node);
    if (this.#size === 0 && !this.#turning) this.#disarmClock();
  }

  /** Puts the node into its slot, not before `earliest`, and returns when that slot must be looked at. */
  #link(node: TimerNode, earliest: number): number {
    const rings = this.#rings ??= new Array(LEVELS * SLOTS).fill(null);
    // What lies beyond the last level waits in its farthest slot and goes round again.
    const due = Math.min(
      Math.max(node.dueMs, earliest),
      this.#tick + SPAN[LEVELS]! - 1,
    );
    const delta = due - this.#tick;
    let level = 0;
    while (delta >= SPAN[level + 1]!) level++;
    const position = Math.floor(due / SPAN[level]!);
    const slot = level * SLOTS + (position & MASK);
    node.slot = slot;
    const first = rings[slot];
    if (first) {
      const last = first.previous!;
      node.next = first;
      node.previous = last;
      last.next = first.previous = node;
    } else {
      rings[slot] = node.next = node.previous = node;
      this.#occupied[level]! |= 1 << (position & MASK);
    }
    this.#size++;
    return position * SPAN[level]!;
  }

  #unlink(node: TimerNode): void {
    const rings = this.#rings!;
    const { slot, next, previous } = node;
    if (next === node) {
      rings[slot] = null;
      this.#occupied[slot >> BITS]! &= ~(1 << (slot & MASK));
    } else {
      next!.previous = previous;
      previous!.next = next;
      if (rings[slot] === node) rings[slot] = next;
    }
    node.next = node.previous = null;
    node.slot = -1;
    this.#size--;
  }

  /** The first moment after `#tick` at which some slot must be looked at. */
  #nextTick(): number {
    let first = Infinity;
    for (let level = 0; level < LEVELS; level++) {
      const occupied = this.#occupied[level]!;
      if (occupied === 0) continue;
      const position = Math.floor(this.#tick / SPAN[level]!);
      const shift = (position & MASK) + 1;
      const ahead = (occupied >>> shift) | (occupied << (SLOTS - shift));
      const distance = SLOTS - Math.clz32(ahead & -ahead); // trailing zeros + 1
      first = Math.min(first, (position + distance) * SPAN[level]!);
    }
    return first;
  }

  #turn = (): void => {
    this.#timer = undefined;
    this.#armedFor = Infinity;
    const startedAt = this.#clock.now();
    const now = Math.floor(startedAt) - this.epochMs;
    this.#turning = true;
    for (;;) {
      const tick = this.#nextTick();
      if (tick > now) break;
      this.#tick = tick;
      this.#cascade();
      this.#fire(startedAt);
    }
    this.#turning = false;
    this.#tick = Math.max(this.#tick, now);
    if (this.#size > 0) this.#armClock(this.#nextTick());
  };

  /** Moves the timers of higher levels down whose slot begins at `#tick`. */
  #cascade(): void {
    for (let level = LEVELS - 1; level > 0; level--) {
      if (this.#tick % SPAN[level]! !== 0) continue;
      const slot = level * SLOTS +
        (Math.floor(this.#tick / SPAN[level]!) & MASK);
      let node = this.#rings![slot];
      if (!node) continue;
      const last = node.previous!;
      for (;;) {
        const following: TimerNode = node.next!;
        const isLast = node === last;
        this.#unlink(node);
        this.#link(node, this.#tick);
        if (isLast) break;
        node = following;
      }
    }
  }

  /** Somebody set the clock back: puts every timer where it belongs from there. */
  #rewind(nowMs: number): void {
    const nodes: TimerNode[] = [];
    for (let slot = 0; slot < LEVELS * SLOTS; slot++) {
      for (let node = this.#rings![slot]; node; node = this.#rings![slot]) {
        this.#unlink(node);
        nodes.push(node);
      }
    }
    this.#tick = nowMs;
    for (const node of nodes) this.#link(node, nowMs + 1);
  }

  /** Wakes everybody whose time is `#tick`. */
  #fire(startedAt: number): void {
    const slot = this.#tick & MASK; // the low bits survive the 32-bit cut
    let node = this.#rings![slot];
    let nowMs = startedAt;
    for (let woken = 0; node; woken++) {
      this.#unlink(node);
      // Asking the clock costs as much as waking somebody.
      if (woken % 64 === 63) nowMs = this.#clock.now();
      try {
        node.wake(nowMs);
      } catch (error) {
        this.#report(error);
      }
      node = this.#rings![slot];
    }
  }

  #armClock(wakeAt: number): void {
    if (this.#armedFor !== Infinity) this.#clock.clearTimeout(this.#timer);
    const now = this.#clock.now() - this.epochMs;
    const isSetBack = Math.floor(now) < this.#tick;
    if (isSetBack) this.#rewind(Math.floor(now));
    const tick = isSetBack ? this.#nextTick() : wakeAt;
    this.#armedFor = tick;
    const delayMs = Math.max(0, tick - now);
    this.#timer = this.#clock.setTimeout(
      this.#turn,
      Math.min(delayMs, LONGEST_TIMEOUT_MS),
    );
  }

  #disarmClock(): void {
    if (this.#armedFor === Infinity) return;
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#armedFor = Infinity;
  }
}
