/**
 * Oracle Cloud on the command line.
 *
 * @module
 */
import { ociSignature } from "../../auth/mod.ts";
import { importPrivateKey } from "../../auth/private_key.ts";
import type { Operation } from "../../model/message.ts";
import { waitUntil, workRequest } from "../../providers/oci/mod.ts";
import { readOciKey } from "../credentials/oci_profile.ts";
import type { CliBuilding, CliOption, CliProvider, CliValues } from "../provider.ts";
import { UsageError } from "../usage_error.ts";

const OCID = "ocid1.coreservicesworkrequest.oc1.iad.abc";

const REGION: CliOption = {
  flags: "--region <region>",
  description: "the region, e.g. us-ashburn-1",
};

/** Oracle Cloud on the command line. */
export const ociProvider: CliProvider = {
  name: "oci",
  // A service, a region, and Oracle's own domain.
  origins: [],
  isOwnOrigin: (origin) => /^https:\/\/([a-z0-9-]+\.)+oraclecloud\.com$/.test(origin),
  credentialsHelp:
    "~/.oci/config, or the file in OCI_CLI_CONFIG_FILE; OCI_CLI_PROFILE chooses the profile, and " +
    "OCI_CLI_USER, OCI_CLI_TENANCY, OCI_CLI_FINGERPRINT, OCI_CLI_KEY_FILE and OCI_CLI_PASSPHRASE come " +
    'first; or --credentials FILE with {"configFile": "...", "profile": "..."}',
  operations: [{
    name: "work-request",
    summary: "a work request of Oracle Cloud",
    argument: { name: "id", description: "the work request's OCID" },
    example: `oci work-request ${OCID} --region us-ashburn-1`,
    options: [
      REGION,
      {
        flags: "--base-url <url>",
        description: "the service's address (default https://iaas.REGION.oraclecloud.com)",
      },
      {
        flags: "--work-request-url <url>",
        description: "instead: where its work requests are read, with {workRequestId} in the path",
      },
      {
        flags: "--state <status>",
        description: "a status to wait for (default SUCCEEDED); repeatable",
        isRepeatable: true,
      },
    ],
    build: (values, building) => Promise.resolve(building).then(buildWorkRequest(values)),
  }, {
    name: "state",
    summary: "a state of a resource of Oracle Cloud",
    argument: { name: "url", description: "the URL that reads the resource" },
    example: "oci state https://iaas.us-ashburn-1.oraclecloud.com/20160918/instances/ID " +
      "--property lifecycleState --state RUNNING",
    options: [
      {
        flags: "--property <name>",
        description: "the property that holds the state (default lifecycleState)",
      },
      {
        flags: "--state <state>",
        description: "the state to wait for; repeatable",
        isRepeatable: true,
      },
      {
        flags: "--succeed-on-not-found",
        description: "a 404, but for the first request, is what is waited for",
      },
    ],
    build: (values, building) => Promise.resolve(building).then(buildState(values)),
  }],
  async authorize(credentials, { origins, fetch, warn }) {
    const key = await readOciKey(credentials, warn);
    if (key === undefined) return undefined;
    await importPrivateKey(key); // a wrong passphrase is told at once
    // Without origins the caller says why they get nothing.
    return origins.length === 0 ? fetch : ociSignature({ ...key, origins, fetch });
  },
};

/** Within a promise, so that a mistake rejects it. */
const buildWorkRequest = (values: CliValues) => ({ all }: CliBuilding): Operation => {
  const { id, region, baseUrl, workRequestUrl } = values;
  const places = [region, baseUrl, workRequestUrl].filter((place) => place !== undefined);
  if (places.length !== 1) {
    throw new UsageError("Expected either --region, --base-url or --work-request-url");
  }
  if (region !== undefined && !/^[a-z0-9-]+$/.test(region)) {
    throw new UsageError(`Cannot read --region: expected such as us-ashburn-1, got "${region}"`);
  }
  const states = all("state");
  return workRequest({
    workRequestId: id!,
    ...(workRequestUrl !== undefined
      ? { workRequestUrl }
      : { baseUrl: baseUrl ?? `https://iaas.${region}.oraclecloud.com` }),
    ...(states.length > 0 && { states }),
  });
};

const buildState = (values: CliValues) => ({ all }: CliBuilding): Operation => {
  const { url, property = "lifecycleState", succeedOnNotFound } = values;
  const state = all("state");
  if (state.length === 0) throw new UsageError("Expected --state, e.g. --state RUNNING");
  return waitUntil({
    get: { method: "GET", url: url! },
    property,
    state,
    succeedOnNotFound: succeedOnNotFound !== undefined,
  });
};
