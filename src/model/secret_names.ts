/**
 * The one list of names whose values open doors: of headers, query parameters,
 * fields of bodies, and pairs in running text, in whatever case and with whatever
 * between the words.
 *
 * What is not on it, although it looks like it, because it is of use and opens
 * nothing: what only speaks of a secret (`secretName`, `keyId`, `tokenType`,
 * `passwordExpiresAt`), where a list goes on (`nextToken`, `$skiptoken`), how many
 * tokens a model took (`maxTokens`), and keys that only name a place
 * (`publicKey`, `partitionKey`).
 *
 * Sources: RFC 9110 section 11, RFC 6265, RFC 6749 appendix A; Azure Storage SAS and
 * `listKeys`, Azure Functions keys, API Management; OCI pre-authenticated requests;
 * Linode `root_pass`; LXD websocket secrets; elastic.io `account_data`.
 *
 * @module
 */

/** Words that make a name secret, wherever they are in it. */
const SECRET_WORD =
  /^(?:secrets?|pass|passwo?r?ds?|passwd|passphrases?|passcodes?|pwd|credentials?|creds?|tokens?|cookies?|auth|authorization|authenticate|authenticator|signatures?|sig|sas|otp|totp|jwt|bearer|apikeys?|kubeconfigs?|connstr|pfx|pkcs)$/;

/** The same in names without a mark between their words. */
const SECRET_PART =
  /passw|passphrase|rootpass|userpass|secret|credential|tokens?$|cookie|authorization|connectionstring|accountdata|userdata|customdata|stackscriptdata|(?:api|access|account|shared|private|master|admin|storage|signing|encryption|subscription|primary|secondary|function|host|auth|session|service|consumer|client)keys?$|^(?:pin|fds|key)$/;

/** At the end of a name: it speaks of a secret, and does not hold it. */
const ABOUT =
  /^(?:names?|ids?|types?|kinds?|ur[il]s?|endpoints?|path|paths|ref|refs|reference|version|versions|status|state|count|counts|limit|limits|length|size|ttl|expiry|expires|expiration|expired|at|on|in|after|before|date|time|policy|enabled|required|allowed|algorithm|format|fingerprint|thumbprint|sha|usage|used|details|description|scheme|realm|scopes?|field|fields|errors?)$/;
const ABOUT_PART =
  /(?:key|secret|token|credential|password|cookie|signature)s?(?:names?|ids?|types?|ur[il]s?|versions?|status|count|expiry|expiration|algorithm)$/;

/** Tokens that are a place in a list, or a number of them. */
const NO_SECRET_TOKEN =
  /(?:next|page|paging|pagination|skip|continuation|continue|sync|delta|cursor|position|retry|max|min|total|prompt|completion|input|output|reasoning|cached|audio|accepted|rejected|prediction|remaining|limit|num)(?:page)?tokens?$|^tokens?(?:permin(?:ute)?|remaining)$/;

/** Keys that name something, or that everybody may know. */
const NO_SECRET_KEY =
  /(?:public|partition|row|sort|foreign|natural|composite|unique|idempotency|cache|routing|object|blob|item|group|lookup|message|resource|tag|field|column|index|range|hash|map|translation|i18n|dedup|deduplication|correlation|issue|project)keys?$/;

/** Whether values under a name open doors. The same names come again and again. */
export function isSecretName(name: string): boolean {
  let isSecret = known.get(name);
  if (isSecret === undefined) {
    isSecret = name.length <= LONGEST && judge(name);
    if (known.size < MAX_KNOWN && name.length <= LONGEST) known.set(name, isSecret);
  }
  return isSecret;
}

const known = new Map<string, boolean>();
const MAX_KNOWN = 2_000;
/** No name: a text that somebody uses as one. */
const LONGEST = 128;

function judge(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .map((word) => word.replace(/(?<=\D)\d+$/, "")) // `key1` and `key2` of `listKeys`
    .filter((word) => word !== "" && word !== "properties" && word !== "value");
  const last = words.at(-1);
  if (last === undefined) return false;
  const whole = words.join("");
  if (words.length > 1 && ABOUT.test(last) || ABOUT_PART.test(whole)) return false;
  if (NO_SECRET_TOKEN.test(whole) || NO_SECRET_KEY.test(whole)) return false;
  return last === "key" || words.some((word) => SECRET_WORD.test(word)) || SECRET_PART.test(whole);
}

/** Query parameters of few letters: of SAS links, of Azure Functions, of OAuth. */
const SECRET_PARAMETER = /^(?:key|code|se|st|sig|pwd)$/i;

/** Whether the value of a query parameter opens doors. */
export function isSecretParameter(name: string): boolean {
  return SECRET_PARAMETER.test(name) || isSecretName(name);
}

/**
 * Whether the value of a field opens doors, by its name, or by the name that stands
 * beside it: `{ name: "DB_PASSWORD", value: "..." }`, `{ keyName: "key1", value: "..." }`.
 *
 * @param holder The object that has the field.
 */
export function isSecretField(name: string, holder: object): boolean {
  switch (name) {
    case "value":
    case "Value":
    case "secureValue":
      return isNamedSecret(holder as Readonly<Record<string, unknown>>);
    case "key":
    case "Key": // of a pair it is the name
      return !("value" in holder || "Value" in holder);
    default:
      return isSecretName(name) && !(/tokens$/i.test(name) && isNumber(holder, name));
  }
}

/** How many there are. */
function isNumber(holder: object, name: string): boolean {
  return typeof (holder as Readonly<Record<string, unknown>>)[name] === "number";
}

function isNamedSecret(pair: Readonly<Record<string, unknown>>): boolean {
  if ("secureValue" in pair) return true;
  return ["name", "key", "keyName", "Name", "Key"].some((field) => {
    const name = pair[field];
    return typeof name === "string" && isSecretName(name);
  });
}
