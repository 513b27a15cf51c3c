/** Which question is on its way, as a `Map` would say, whatever the keys have in common. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { hashOf, InFlight, type Question } from "../../src/runtime/http/in_flight.ts";

function question(key: string): Question {
  return { key, hash: hashOf(key), sibling: undefined };
}

// As any two URLs may, they share a place.
const alike = Array.from({ length: 4_096 }, (_, index) => `https://a.example/jobs/${index}`)
  .filter((url, _, [first]) => hashOf(url) === hashOf(first!))
  .slice(0, 4);

Deno.test("questions in one place of the table are told apart", () => {
  assertEquals(alike.length, 4);
  const table = new InFlight<Question>();
  const questions = alike.map(question);
  questions.forEach((each) => table.add(each));
  table.delete(questions[1]!);
  const found = alike.map((key) => table.find(key, hashOf(key)));
  assertEquals(found.map((each) => each?.key), [alike[0], undefined, alike[2], alike[3]]);
});

Deno.test("URLs that differ by a number at the end, or by an id in the middle, are spread out", () => {
  const base = "https://management.azure.com/subscriptions/1/providers/A.B/operations";
  const places = (url: (index: number) => string): number =>
    new Set(Array.from({ length: 100 }, (_, index) => hashOf(url(index)))).size;
  // A hundred balls into 256 urns take 83 of them.
  assertAlmostEquals(places((index) => `${base}/${1_000 + index}`), 83, 20);
  const id = (index: number): string => (index * 0x9e3779b1).toString(16).padStart(10, "0");
  const uuid = (index: number): string => `${id(index)}-${id(index + 7)}-${id(index * 31)}`;
  assertAlmostEquals(places((index) => `${base}/${uuid(index)}?api-version=2024-03-01`), 83, 20);
});

Deno.test("the table says what a Map would, whatever comes and goes", () => {
  const keys = fc.constantFrom("", "a", "ab", ...alike);
  fc.assert(fc.property(fc.array(keys, { maxLength: 60 }), (steps) => {
    const table = new InFlight<Question>();
    const model = new Map<string, Question>();
    for (const key of steps) {
      const there = table.find(key, hashOf(key));
      assertEquals(there, model.get(key));
      if (there) {
        table.delete(there);
        table.delete(there); // who is not there any more is not there
        model.delete(key);
      } else {
        const added = question(key);
        table.add(added);
        model.set(key, added);
      }
    }
  }));
});
