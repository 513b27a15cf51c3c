/** A sample of the faults that `run.ts` plays whole: a few of every sort in every life. */
import { assert, assertEquals } from "@std/assert";
import { FAULTS } from "./_faults.ts";
import { KNOWN } from "./_known.ts";
import { LIVES } from "./_lives.ts";
import { allCases, type FaultCase, nameOf, playFault } from "./_play.ts";

/** One in so many is played; it divides neither the number of faults nor that of ways to play one. */
const STRIDE = 41;

const cases = [...allCases()];
const sample = cases.filter((_, index) => index % STRIDE === 0);

for (const life of LIVES) {
  Deno.test(`${life.name}: a sample of all faults ends as promised`, async () => {
    const broken: string[] = [];
    for (const fault of sample) {
      if (fault.life !== life) continue;
      const { violations } = await playFault(fault);
      broken.push(...violations.filter((text) => !isKnown(fault, text)).map(describe(fault)));
    }
    assertEquals(broken, []);
  });
}

Deno.test("the sample of faults has every life, every fault and every way to play it", () => {
  const of = <K>(key: (fault: FaultCase) => K, list: readonly FaultCase[]) =>
    new Set(list.map(key)).size;
  assert(cases.length > 5_000);
  assertEquals(of(({ life }) => life, sample), LIVES.length);
  assertEquals(of(({ fault }) => fault.name, sample), FAULTS.length);
  assertEquals(of(({ fault }) => fault.name, cases), FAULTS.length, "faults have different names");
  assertEquals(of(({ then }) => typeof then, sample), 2);
  assertEquals(of(nameOf, cases), cases.length, "no case is played twice");
});

/** What shows that the matrix would see a fault if there were one. */
Deno.test("the fault matrix finds a false success where there is one", async () => {
  const { resultIn: _, ...life } = LIVES.find(({ name }) => name === "elasticio.poll")!;
  const good = life.replies.at(-1)!;
  const wrong = { ...life, end: { value: "something else" } };
  const none = FAULTS.find(({ name }) => name === "the good reply, 20 s late")!;
  const phase = life.replies.length - 1;
  const { end, violations } = await playFault({ life: wrong, phase, fault: none, then: "once" });
  assertEquals([end, good.status], ["succeeded", 200]);
  assert(violations.some((text) => text.startsWith("false success")), violations.join());
});

function isKnown({ life }: FaultCase, violation: string): boolean {
  const [provider] = life.name.split(".");
  return KNOWN.includes(`${provider}: ${violation.split(":")[0]}`);
}

function describe(fault: FaultCase): (violation: string) => string {
  return (violation) => `${nameOf(fault)}: ${violation}`;
}
