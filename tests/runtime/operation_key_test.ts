import { assertEquals, assertMatch } from "@std/assert";
import { createOperationKey } from "../../src/runtime/engine/idempotency_key.ts";

Deno.test("a key is letters and digits, whatever the id and chance", () => {
  for (const random of [() => 0, () => 0.5, () => 1 - 2 ** -53, Math.random]) {
    for (const id of ["", "a", "über / 1", "x".repeat(1_000)]) {
      assertMatch(createOperationKey(id, random), /^[0-9a-z]{31}$/);
    }
  }
});

Deno.test("keys differ by the id where chance is none, and by chance where the id is the same", () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `lxb1-${index}-0000`);
  assertEquals(new Set(ids.map((id) => createOperationKey(id, () => 0.5))).size, 1_000);
  const keys = ids.map(() => createOperationKey("same", Math.random));
  assertEquals(new Set(keys).size, 1_000);
});
