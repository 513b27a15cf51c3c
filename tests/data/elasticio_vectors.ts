/**
 * What elastic.io's own client (elasticio-rest-node 2.0.0, commit 5c90d16) asked
 * and was answered on a loopback server, and how that has to end here. Where the
 * client does harm, `insteadOf` says what it did.
 */

import type { JsonValue } from "@lro/machines";

/** One recorded operation. */
export interface ElasticioVector {
  readonly id: string;
  readonly claim: string;
  readonly insteadOf?: string;
  readonly operation: "execution" | "poll";
  /** What is asked, and what is answered. */
  readonly exchanges: readonly {
    readonly ask: string;
    readonly status?: number;
    readonly location?: string;
    readonly json?: JsonValue;
    readonly drop?: boolean;
  }[];
  /** `"succeeded"`, or the code of the error. */
  readonly end: string;
  readonly value?: JsonValue;
  /** A part of the error's message. */
  readonly message?: string;
  /** Fields of the error. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export const ELASTICIO_VECTORS: readonly ElasticioVector[] = [
  {
    "id": "sched-01",
    "claim": "an execution is scheduled, and polled where Location says",
    "operation": "execution",
    "exchanges": [
      {
        "ask": "POST /v1/exec/schedule",
        "status": 202,
        "location": "https://api.elastic.io/v1/exec/poll/540492e623773659c5000002",
        "json": {
          "message": "ok",
        },
      },
      {
        "ask": "GET /v1/exec/poll/540492e623773659c5000002",
        "status": 303,
        "location": "https://api.elastic.io/v1/exec/result/540492e623773659c5000002",
        "json": {
          "message": "Ready.",
        },
      },
      {
        "ask": "GET /v1/exec/result/540492e623773659c5000002",
        "status": 200,
        "json": {
          "data": {
            "some": "value",
          },
        },
      },
    ],
    "end": "succeeded",
    "value": {
      "some": "value",
    },
  },
  {
    "id": "sched-03",
    "claim": "200 instead of 202 makes no sense, and nothing is guessed",
    "operation": "execution",
    "exchanges": [
      {
        "ask": "POST /v1/exec/schedule",
        "status": 200,
        "json": {
          "message": "hm",
        },
      },
    ],
    "end": "protocol",
    "message": 'expected HTTP 202, got HTTP 200 "hm"',
  },
  {
    "id": "sched-05",
    "claim": "a schedule that is answered 500 is not sent again",
    "insteadOf": "sending the POST a second time, which may schedule twice",
    "operation": "execution",
    "exchanges": [
      {
        "ask": "POST /v1/exec/schedule",
        "status": 500,
        "json": {
          "message": "x",
        },
      },
    ],
    "end": "transport",
    "message": 'HTTP 500 "x"; it may have been scheduled',
  },
  {
    "id": "sched-07",
    "claim": "a schedule that is answered 401 was rejected, in the words of the answer",
    "operation": "execution",
    "exchanges": [
      {
        "ask": "POST /v1/exec/schedule",
        "status": 401,
        "json": {
          "errors": [
            {
              "detail": "no",
            },
          ],
        },
      },
    ],
    "end": "request-rejected",
    "message": 'HTTP 401 "no"',
    "fields": {
      "status": 401,
      "providerCode": "401",
      "providerMessage": "no",
    },
  },
  {
    "id": "poll-01",
    "claim": "200 means not ready yet",
    "operation": "poll",
    "exchanges": [
      {
        "ask": "GET /v1/exec/poll/540492e623773659c5000002",
        "status": 200,
        "json": {
          "message": "Result is not ready yet.",
        },
      },
      {
        "ask": "GET /v1/exec/poll/540492e623773659c5000002",
        "status": 303,
        "location": "/v1/exec/result/540492e623773659c5000002",
      },
      {
        "ask": "GET /v1/exec/result/540492e623773659c5000002",
        "status": 200,
        "json": {
          "data": 1,
        },
      },
    ],
    "end": "succeeded",
    "value": 1,
  },
  {
    "id": "poll-03",
    "claim": "404 that does not say Expired means unknown",
    "operation": "poll",
    "exchanges": [
      {
        "ask": "GET /v1/exec/poll/540492e623773659c5000002",
        "status": 404,
        "json": {
          "message": "Not found",
        },
      },
    ],
    "end": "operation-expired",
    "message": 'HTTP 404 "Not found"',
    "fields": {
      "providerCode": "404",
      "providerMessage": "Not found",
    },
  },
  {
    "id": "poll-05",
    "claim": "a result that is answered 500 is read again, with credentials, and nothing else is",
    "insteadOf": "polling again before it, and asking for the result without credentials",
    "operation": "poll",
    "exchanges": [
      {
        "ask": "GET /v1/exec/poll/540492e623773659c5000002",
        "status": 303,
        "location": "https://api.elastic.io/v1/exec/result/540492e623773659c5000002",
        "json": {
          "message": "Ready.",
        },
      },
      {
        "ask": "GET /v1/exec/result/540492e623773659c5000002",
        "status": 500,
        "json": {
          "message": "x",
        },
      },
      {
        "ask": "GET /v1/exec/result/540492e623773659c5000002",
        "status": 200,
        "json": {
          "data": {
            "some": "value",
          },
        },
      },
    ],
    "end": "succeeded",
    "value": {
      "some": "value",
    },
  },
  {
    "id": "poll-07",
    "claim": "a poll whose connection breaks is repeated",
    "operation": "poll",
    "exchanges": [
      {
        "ask": "GET /v1/exec/poll/540492e623773659c5000002",
        "drop": true,
      },
      {
        "ask": "GET /v1/exec/poll/540492e623773659c5000002",
        "status": 200,
        "json": {
          "message": "Result is not ready yet.",
        },
      },
      {
        "ask": "GET /v1/exec/poll/540492e623773659c5000002",
        "status": 404,
        "json": {
          "message": "Expired.",
        },
      },
    ],
    "end": "operation-expired",
  },
  {
    "id": "poll-09",
    "claim": "303 without Location makes no sense",
    "operation": "poll",
    "exchanges": [
      {
        "ask": "GET /v1/exec/poll/540492e623773659c5000002",
        "status": 303,
        "json": {
          "message": "Ready.",
        },
      },
    ],
    "end": "protocol",
    "message": "HTTP 303 without a usable Location",
  },
  {
    "id": "poll-11",
    "claim": "a poll that is answered 400 is refused, which says nothing of the execution",
    "operation": "poll",
    "exchanges": [
      {
        "ask": "GET /v1/exec/poll/540492e623773659c5000002",
        "status": 400,
        "json": {
          "message": "bad id",
        },
      },
    ],
    "end": "transport",
    "message": 'HTTP 400 "bad id"',
    "fields": {
      "providerCode": "400",
      "providerMessage": "bad id",
    },
  },
];
