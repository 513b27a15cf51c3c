import { assert, assertThrows } from "@std/assert";
import { elasticio } from "@lro/machines";
import { EXECUTION } from "./_operations.ts";

const EXECUTE = "make elasticio.execution";
const inputs: [input: unknown, message: string][] = [
  [undefined, "Cannot make elasticio.execution"],
  [{}, "execution"],
  [{ execution: null }, "execution must be an object, got null"],
  [
    { execution: { ...EXECUTION, execution_type: "run" } },
    "execution.execution_type must be get_meta_model, select_model, verify_credentials",
  ],
  [
    { execution: { ...EXECUTION, component: undefined } },
    "get_meta_model needs execution.component",
  ],
  [{ execution: { ...EXECUTION, component: "" } }, "execution.component must be a text"],
  [
    { execution: { ...EXECUTION, account_id: undefined } },
    "get_meta_model needs execution.account_id",
  ],
  [
    { execution: { ...EXECUTION, action_or_trigger: undefined } },
    "get_meta_model needs execution.action_or_trigger",
  ],
  [
    { execution: { ...EXECUTION, execution_type: "select_model" } },
    "select_model needs execution.model_method",
  ],
  [
    { execution: { execution_type: "verify_credentials", component: "C" } },
    "verify_credentials needs execution.account_data",
  ],
  [
    { execution: { ...EXECUTION, account_data: "secret" } },
    "execution.account_data must be an object",
  ],
  [{ execution: { ...EXECUTION, cfg: [] } }, "execution.cfg must be an object"],
  [{ execution: { ...EXECUTION, acount_id: "A" } }, "acount_id"],
  [{ execution: EXECUTION, baseUrl: "api.elastic.io" }, "baseUrl must be an"],
  [{ execution: EXECUTION, baseUrl: "ftp://api.elastic.io" }, "baseUrl must be an"],
  [
    { execution: EXECUTION, baseUrl: "https://u:p@api.elastic.io" },
    "baseUrl must not hold credentials",
  ],
  [{ execution: EXECUTION, headers: { a: 1 } }, "headers.a must be a text"],
  [{ execution: EXECUTION, baseURL: "https://a" }, "baseURL"],
];

for (const [input, text] of inputs) {
  Deno.test(`elasticio.execution(${JSON.stringify(input)?.slice(0, 70)}): ${text}`, () => {
    const error = assertThrows(() => elasticio.execution(input as never), TypeError, text);
    assert(error.message.includes(EXECUTE), error.message);
  });
}
