/**
 * Where the work requests of a service are.
 *
 * | service, by its host | work requests |
 * | --- | --- |
 * | `iaas` (Compute, Networking, Block Volume), `identity` | `/20160918/workRequests/{id}` of the same host |
 * | `database`, `filestorage` | the Work Requests API: `/20160918/workRequests/{id}` of the region's `iaas` |
 * | load balancers, by the id or the action's path | `/20170115/loadBalancerWorkRequests/{id}` |
 * | `loganalytics` | `/20200601/namespaces/{namespace}/workRequests/{id}`, of storage `.../storageWorkRequests/{id}` |
 * | `objectstorage` | `/workRequests/{id}`, without a version |
 * | others of the table below | `/{version}/workRequests/{id}` of the same host |
 * | any other host, whose action is under `/{version}/` too | `/{version}/workRequests/{id}`: an API has its own work requests |
 * | any other host | `/20160918/workRequests/{id}`; `workRequestUrl` says otherwise |
 *
 * Sources: "Work Requests" in Oracle's documentation (its list of the services that
 * use the Work Requests API, and of those with an API of their own); the API
 * reference of each service; oracle/oci-python-sdk#165 (databases) and #712 (API
 * Gateway); oracle/oci-cli#818 (storage of Logging Analytics).
 *
 * @module
 */
import { checkText, refuse } from "../../model/check_input.ts";
import type { Call } from "../../model/message.ts";

/** Where work requests are, as operations take it. */
export interface WorkRequestPlace {
  /**
   * The address of the service's API, e.g. `"https://iaas.us-ashburn-1.oraclecloud.com"`.
   * Services that are known by their host get the right path by themselves.
   */
  readonly baseUrl?: string | undefined;
  /**
   * Where a work request is read, for services that are not known, e.g.
   * `"https://dns.us-ashburn-1.oraclecloud.com/20180115/workRequests/{workRequestId}"`.
   * Its errors and logs are read under it. Instead of `baseUrl`, or of the same origin.
   */
  readonly workRequestUrl?: string | undefined;
}

/** API versions of services that have work requests of their own. */
const VERSIONS: Readonly<Record<string, string>> = {
  apigateway: "20190501",
  bastion: "20210331",
  "compute-containers": "20210415",
  containerengine: "20180222",
  datacatalog: "20190325",
  datascience: "20190101",
  devops: "20210630",
  goldengate: "20200407",
  integration: "20190131",
  mysql: "20190415",
  "network-load-balancer-api": "20200501",
  nosql: "20190828",
  resourcemanager: "20180917",
};

/** Services whose work requests are those of the Work Requests API, which is on another host. */
const WITHOUT_OWN = ["database", "filestorage"];

const COMMON = "/20160918/workRequests/{workRequestId}";
const HOST = /^([a-z-]+)\.([a-z0-9-]+)\.(?:oc[ip]\.)?(oracle[a-z]*cloud\d*\.[a-z.]+)$/;
const LOAD_BALANCER = /^ocid1\.loadbalancerworkrequest\./;
const STORAGE = /^ocid1\.loganalyticsstorageworkrequest\./;
const PLACEHOLDER = "{workRequestId}";

/**
 * The URL of a work request.
 *
 * @param place What the operation was given.
 * @param workRequestId Which work request.
 * @param action The action that started it, if that is known.
 */
export function workRequestUrl(
  { baseUrl, workRequestUrl }: WorkRequestPlace,
  workRequestId: string,
  action?: Call,
): string {
  const template = workRequestUrl ?? templateOf(baseUrl!, workRequestId, action);
  return template.replaceAll(PLACEHOLDER, encodeURIComponent(workRequestId));
}

function templateOf(baseUrl: string, workRequestId: string, action: Call | undefined): string {
  const [, service = "", region, domain] = HOST.exec(new URL(baseUrl).hostname) ?? [];
  if (WITHOUT_OWN.includes(service)) return `https://iaas.${region}.${domain}${COMMON}`;
  if (service === "loganalytics") {
    const [namespaced] = /\/\d{8}\/namespaces\/[^/?#]+/.exec(action?.url ?? baseUrl) ?? [];
    const list = STORAGE.test(workRequestId) ? "storageWorkRequests" : "workRequests";
    return `${new URL(baseUrl).origin}${namespaced ?? ""}/${list}/${PLACEHOLDER}`;
  }
  if (service === "objectstorage") return `${baseUrl}/workRequests/${PLACEHOLDER}`;
  if (LOAD_BALANCER.test(workRequestId) || isOfLoadBalancer(service, action)) {
    return `${baseUrl}/20170115/loadBalancerWorkRequests/${PLACEHOLDER}`;
  }
  const version = Object.hasOwn(VERSIONS, service)
    ? VERSIONS[service]
    : versionOf(baseUrl, service, action);
  return version === undefined
    ? baseUrl + COMMON
    : `${baseUrl}/${version}/workRequests/${PLACEHOLDER}`;
}

/** The API version of a service that is not known: work requests are of the API that starts them. */
function versionOf(baseUrl: string, service: string, action: Call | undefined): string | undefined {
  if (action === undefined || service === "iaas" || !action.url.startsWith(`${baseUrl}/`)) {
    return undefined;
  }
  return /^\/(\d{8})\//.exec(action.url.slice(baseUrl.length))?.[1];
}

/** Load balancers share the host of Compute, but not its API. */
function isOfLoadBalancer(service: string, action: Call | undefined): boolean {
  return service === "iaas" && action !== undefined &&
    new URL(action.url).pathname.startsWith("/20170115/");
}

/**
 * A complete template.
 *
 * @throws {TypeError} Naming what is wrong with it.
 */
export function checkWorkRequestUrl(value: unknown, doing: string): string {
  const text = checkText(value, doing, "workRequestUrl").replace(/%7B(\w+)%7D/gi, "{$1}");
  const names = text.match(/\{[^{}]*\}/g) ?? [];
  const unknown = names.find((name) => name !== PLACEHOLDER);
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot ${doing}: workRequestUrl has the placeholder ${unknown}, known is ${PLACEHOLDER}`,
    );
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isFit = url && /^https?:$/.test(url.protocol) && url.username === "" &&
    url.password === "" && url.hash === "" && !url.host.includes("%7B");
  if (!isFit) {
    return refuse(doing, "workRequestUrl", "an http URL without a user and a fragment", value);
  }
  const path = text.slice(url.origin.length).split("?")[0]!;
  if (!path.includes(PLACEHOLDER)) {
    throw new TypeError(
      `Cannot ${doing}: workRequestUrl must have ${PLACEHOLDER} in its path, got ${
        names.length === 0 ? "no placeholder" : "it elsewhere"
      }`,
    );
  }
  return text;
}

/** Whether it is known where a service of Logging Analytics has its namespace. */
export function needsNamespace(baseUrl: string, action: Call | undefined): boolean {
  const [, service] = HOST.exec(new URL(baseUrl).hostname) ?? [];
  return service === "loganalytics" &&
    !/\/\d{8}\/namespaces\/[^/?#]+/.test(action?.url ?? baseUrl);
}
