/** Every scenario, by its claim. */
import type { Page } from "./_page.ts";
import { statelyScenarios } from "./stately_scenarios.ts";
import { usingScenarios } from "./using_scenarios.ts";
import { watchingScenarios } from "./watching_scenarios.ts";

/** Every scenario, by its claim. */
export const scenarios: Readonly<Record<string, (browser: Page) => Promise<void>>> = {
  ...watchingScenarios,
  ...usingScenarios,
  ...statelyScenarios,
};
