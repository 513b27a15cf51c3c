/**
 * Timers in the order in which they are due.
 *
 * @module
 */

/** One armed timer. */
export interface HeapTimer {
  /** When it is due, in milliseconds on its clock. */
  readonly dueMs: number;
  /** Ties are broken by this: the older one first. */
  readonly order: number;
  /** What it does. */
  readonly fire: () => void;
}

/** A binary heap, so that a hundred thousand timers cost no more than a few each. */
export interface TimerHeap {
  /** Timers that are armed. */
  readonly size: number;
  /** Arms a timer. */
  add(timer: HeapTimer): void;
  /** Disarms a timer; anything else is ignored. */
  delete(timer: unknown): void;
  /** The timer that is due first. */
  first(): HeapTimer | undefined;
}

/** Creates an empty heap. */
export function createTimerHeap(): TimerHeap {
  const armed = new Set<unknown>();
  // Disarmed timers stay in here until they come up or outnumber the others.
  let heap: HeapTimer[] = [];

  return {
    get size() {
      return armed.size;
    },
    add(timer) {
      armed.add(timer);
      heap.push(timer);
      siftUp(heap, heap.length - 1);
    },
    delete(timer) {
      if (!armed.delete(timer) || heap.length < 2 * armed.size + 64) return;
      // A sorted list is a heap.
      heap = heap.filter((each) => armed.has(each)).sort(byDue);
    },
    first() {
      while (heap.length > 0 && !armed.has(heap[0])) removeFirst(heap);
      return heap[0];
    },
  };
}

function byDue(a: HeapTimer, b: HeapTimer): number {
  return a.dueMs - b.dueMs || a.order - b.order;
}

function siftUp(heap: HeapTimer[], start: number): void {
  let index = start;
  const timer = heap[index]!;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (byDue(heap[parent]!, timer) <= 0) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = timer;
}

function removeFirst(heap: HeapTimer[]): void {
  const timer = heap.pop()!;
  if (heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    const right = child + 1;
    if (right < heap.length && byDue(heap[right]!, heap[child]!) < 0) {
      child = right;
    }
    if (byDue(timer, heap[child]!) <= 0) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = timer;
}
