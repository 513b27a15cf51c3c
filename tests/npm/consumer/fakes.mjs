/**
 * What a runner's fake timers must do to operations that wait, said once for
 * all runners. Copied beside the tests that `tests/npm/runners.ts` writes.
 *
 * @module
 */
import { azure, createRuntime, wait } from "@lro/machines";
import { createAzureEmulator, createVirtualClock } from "@lro/machines/testing";

const url = "https://management.azure.com/resourceGroups/demo?api-version=2024-01-01";
const TEN_MINUTES_MS = 600_000;

/** An operation that takes as long as its emulator says. */
function operation(options = {}) {
  return azure.operation({ request: { method: "PUT", url, body: {} }, ...options });
}

/**
 * The claims.
 *
 * @param runner `fakes` fake timers each in its way, by name; `real` ends that; `advance` moves
 * faked time on and lets answers arrive; `fakeDate` fakes `Date` alone.
 * @returns Name and test of each.
 */
export function claims({ fakes, real, advance, fakeDate }) {
  const tests = [];
  const claim = (name, how, run) => {
    tests.push([name, async () => {
      how();
      try {
        await run();
      } finally {
        real();
      }
    }]);
  };

  for (const [name, fake] of Object.entries(fakes)) {
    claim(`${name}: an operation ends as faked time goes by`, fake, async () => {
      const { fetch } = createAzureEmulator({ plan: { durationMs: TEN_MINUTES_MS } });
      let made;
      const waiting = wait(operation(), { fetch }).then((value) => made = value);
      await advance(TEN_MINUTES_MS / 2);
      equal(made, undefined);
      await advance(TEN_MINUTES_MS);
      equal((await waiting).name, "demo");
    });

    claim(`${name}: a deadline is kept, and dispose() ends`, fake, async () => {
      const { fetch } = createAzureEmulator({ plan: { durationMs: 10 * TEN_MINUTES_MS } });
      const runtime = createRuntime({ fetch });
      const handle = runtime.start(operation(), { deadlineMs: TEN_MINUTES_MS });
      await advance(1.1 * TEN_MINUTES_MS); // what passes between two timers is not always seen
      const { kind, error } = await handle.outcome();
      equal(kind, "timedOut");
      // Where neither `Date` nor `performance` is faked, real time goes on as well.
      equal(Math.round(error.elapsedMs / 1_000), TEN_MINUTES_MS / 1_000);
      await runtime.dispose();
    });

    claim(`${name}: the virtual clock runs all the same`, fake, async () => {
      const clock = createVirtualClock();
      const { fetch } = createAzureEmulator({ clock, plan: { durationMs: TEN_MINUTES_MS } });
      const runtime = createRuntime({ fetch, clock });
      const { name } = await clock.runUntil(runtime.start(operation()).result());
      equal(name, "demo");
      equal(clock.now() >= TEN_MINUTES_MS, true);
      await runtime.dispose();
    });

    claim(
      `${name}: a promise that nothing settles is told by the virtual clock`,
      fake,
      async () => {
        const failed = createVirtualClock().runUntil(new Promise(() => {}));
        equal((await failed.catch((error) => error)).message.startsWith("Cannot go on"), true);
      },
    );
  }

  claim("Date alone: timers and time are real", fakeDate, async () => {
    const { fetch } = createAzureEmulator({ plan: { durationMs: 0 } });
    const before = performance.now();
    equal((await wait(operation({ pollIntervalMs: 20 }), { fetch })).name, "demo");
    equal(performance.now() - before < 10_000, true);
  });

  return tests;
}

function equal(actual, expected) {
  if (!Object.is(actual, expected)) throw new Error(`Expected ${expected}, got ${actual}`);
}
