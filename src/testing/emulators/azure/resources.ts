/**
 * The resources inside the Azure emulator.
 *
 * @module
 */
import type { JsonValue } from "../../../model/message.ts";
import { refusal } from "./refusal.ts";
import { type AzureOperation, type AzureStart, provisioningStateAt, stateAt } from "./operation.ts";

type Fields = Readonly<Record<string, JsonValue | undefined>>;

/** A resource, and the operation that changed it last. */
interface Resource {
  readonly fields: Fields;
  readonly operation: AzureOperation;
}

/** The resources of one emulator. */
export interface AzureResources {
  /** Those that are there now, by path. */
  list(): Record<string, JsonValue>;
  /** The answer to a GET. */
  answer(path: string): Response;
  /** Why an operation cannot be started now, if so. */
  complaint(start: AzureStart): Response | undefined;
  /** An operation begins to change its resource; tells whether that is a new one. */
  change(operation: AzureOperation): boolean;
}

/** Creates none, on a clock. */
export function createResources(now: () => number): AzureResources {
  const resources = new Map<string, Resource>();

  /** The resource at a path, unless it is gone by now. */
  function find(path: string): Resource | undefined {
    const resource = resources.get(path);
    if (!resource) return undefined;
    const { operation } = resource;
    const isGone = operation.method === "DELETE" && stateAt(operation, now()) === "succeeded";
    return isGone ? undefined : resource;
  }

  function show(path: string, { fields, operation }: Resource): JsonValue {
    const { properties } = fields;
    const provisioningState = provisioningStateAt(operation, now());
    return {
      id: path,
      name: path.slice(path.lastIndexOf("/") + 1),
      ...fields,
      properties: { ...(isFields(properties) && properties), provisioningState },
    };
  }

  return {
    list() {
      const found = [...resources.keys()].flatMap((path) => {
        const resource = find(path);
        return resource ? [[path, show(path, resource)] as const] : [];
      });
      return Object.fromEntries(found);
    },
    answer(path) {
      const resource = find(path);
      return resource ? Response.json(show(path, resource)) : notFound(path);
    },
    complaint({ method, path }) {
      const resource = find(path);
      if (!["PUT", "PATCH", "POST", "DELETE"].includes(method)) {
        return refusal(405, "MethodNotAllowed", `${method} is not allowed.`);
      }
      if (resource && stateAt(resource.operation, now()) === "running") {
        const message = `Another operation on ${path} is in progress.`;
        return refusal(409, "AnotherOperationInProgress", message);
      }
      if (resource) return undefined;
      if (method === "PATCH") return notFound(path);
      return method === "DELETE" ? new Response(null, { status: 204 }) : undefined;
    },
    change(operation) {
      const { method, path, body } = operation;
      const old = find(path);
      if (method === "POST") return false; // acts on it, and leaves it as it is
      const given = isFields(body) ? body : {};
      const fields = method === "PUT" ? given : { ...old?.fields, ...given };
      resources.set(path, { fields, operation });
      return old === undefined;
    },
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notFound(path: string): Response {
  return refusal(404, "ResourceNotFound", `The resource ${path} was not found.`);
}
