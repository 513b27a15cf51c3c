/**
 * Stands in for `@std/http/status` where JSR cannot be reached: HTTP status
 * codes by name, their texts, and guards.
 *
 * @module
 */

/** The code of each status. */
export const STATUS_CODE = {
  Continue: 100,
  SwitchingProtocols: 101,
  Processing: 102,
  EarlyHints: 103,
  OK: 200,
  Created: 201,
  Accepted: 202,
  NonAuthoritativeInfo: 203,
  NoContent: 204,
  ResetContent: 205,
  PartialContent: 206,
  MultiStatus: 207,
  AlreadyReported: 208,
  IMUsed: 226,
  MultipleChoices: 300,
  MovedPermanently: 301,
  Found: 302,
  SeeOther: 303,
  NotModified: 304,
  UseProxy: 305,
  TemporaryRedirect: 307,
  PermanentRedirect: 308,
  BadRequest: 400,
  Unauthorized: 401,
  PaymentRequired: 402,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  ProxyAuthRequired: 407,
  RequestTimeout: 408,
  Conflict: 409,
  Gone: 410,
  LengthRequired: 411,
  PreconditionFailed: 412,
  ContentTooLarge: 413,
  URITooLong: 414,
  UnsupportedMediaType: 415,
  RangeNotSatisfiable: 416,
  ExpectationFailed: 417,
  Teapot: 418,
  MisdirectedRequest: 421,
  UnprocessableEntity: 422,
  Locked: 423,
  FailedDependency: 424,
  TooEarly: 425,
  UpgradeRequired: 426,
  PreconditionRequired: 428,
  TooManyRequests: 429,
  RequestHeaderFieldsTooLarge: 431,
  UnavailableForLegalReasons: 451,
  InternalServerError: 500,
  NotImplemented: 501,
  BadGateway: 502,
  ServiceUnavailable: 503,
  GatewayTimeout: 504,
  HTTPVersionNotSupported: 505,
  VariantAlsoNegotiates: 506,
  InsufficientStorage: 507,
  LoopDetected: 508,
  NotExtended: 510,
  NetworkAuthenticationRequired: 511,
} as const;

/** A known HTTP status code. */
export type StatusCode = typeof STATUS_CODE[keyof typeof STATUS_CODE];

/** The codes that begin with a digit: `Starting<4>` are the client errors. */
type Starting<Digit extends number> = {
  [Code in StatusCode]: `${Code}` extends `${Digit}${string}` ? Code : never;
}[StatusCode];

/** An HTTP status that informs (1xx). */
export type InformationalStatus = Starting<1>;
/** An HTTP status that says success (2xx). */
export type SuccessfulStatus = Starting<2>;
/** An HTTP status that redirects (3xx). */
export type RedirectStatus = Starting<3>;
/** An HTTP status that blames the client (4xx). */
export type ClientErrorStatus = Starting<4>;
/** An HTTP status that blames the server (5xx). */
export type ServerErrorStatus = Starting<5>;
/** An HTTP status that says error (4xx or 5xx). */
export type ErrorStatus = ClientErrorStatus | ServerErrorStatus;

/** The text of each status: its name, in words. */
export const STATUS_TEXT: Readonly<Record<StatusCode, string>> = {
  ...Object.fromEntries(
    Object.entries(STATUS_CODE).map(([name, code]) => [code, words(name)]),
  ) as Record<StatusCode, string>,
  203: "Non-Authoritative Information",
  207: "Multi-Status",
  407: "Proxy Authentication Required",
  418: "I'm a teapot",
};

/** Whether a number is a known HTTP status code. */
export function isStatus(status: number): status is StatusCode {
  return status in STATUS_TEXT;
}

/** Whether a status is informational (1xx). */
export function isInformationalStatus(
  status: number,
): status is InformationalStatus {
  return isStatus(status) && hundreds(status) === 1;
}

/** Whether a status says success (2xx). */
export function isSuccessfulStatus(
  status: number,
): status is SuccessfulStatus {
  return isStatus(status) && hundreds(status) === 2;
}

/** Whether a status redirects (3xx). */
export function isRedirectStatus(
  status: number,
): status is RedirectStatus {
  return isStatus(status) && hundreds(status) === 3;
}

/** Whether a status blames the client (4xx). */
export function isClientErrorStatus(
  status: number,
): status is ClientErrorStatus {
  return isStatus(status) && hundreds(status) === 4;
}

/** Whether a status blames the server (5xx). */
export function isServerErrorStatus(
  status: number,
): status is ServerErrorStatus {
  return isStatus(status) && hundreds(status) === 5;
}

/** Whether a status says error (4xx or 5xx). */
export function isErrorStatus(
  status: number,
): status is ErrorStatus {
  return isClientErrorStatus(status) || isServerErrorStatus(status);
}

function hundreds(status: number): number {
  return Math.floor(status / 100);
}

/** `URITooLong` -> `URI Too Long`. */
function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2");
}
