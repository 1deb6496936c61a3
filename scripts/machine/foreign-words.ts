/**
 * What other programs say where they have no code, type or event for it, and something here depends on: the only place that knows their
 * sentences. Pulumi, Helm and Kubernetes are used in these very versions only (tools/table.ts), and test/e2e/faults-found.test.ts asks them. A
 * chart's error may hold the CLI's words as well: those count only while the engine had not begun (engine/worker.ts).
 */
export const words = {
  pulumi: {
    version: "3.245.0",
    noStack: /no stack named '.*' found/,
    stackExists: /stack '.*' already exists/,
    /** File and bucket backends; then Pulumi Cloud, which no test asks. */
    locked: /the stack is currently locked by|\[409\] Conflict: Another update/,
    /** After the error itself, of the stack as a whole. */
    verdict: /^(update|preview) failed$/,
  },
  /** Of where the state is: the CLI around what gocloud and its clouds' libraries say. test/e2e/state.test.ts has S3 and Postgres say it. */
  backend: {
    any: /\bblob \((key|code)|unable to open bucket|could not list bucket|operation error S3|PULUMI_ACCESS_TOKEN/,
    login: /SignatureDoesNotMatch|InvalidAccessKeyId|UserNotFound|AuthorizationHeaderMalformed|ExpiredToken|get credentials|could not find default credentials|password authentication failed|PULUMI_ACCESS_TOKEN/,
    missing: /NoSuchBucket|code=NotFound|no such file or directory|database "[^"]*" does not exist|unknown query parameter/,
    denied: /AccessDenied|PermissionDenied|permission denied|read-only/i,
    away: /connection refused|no such host|i\/o timeout|deadline exceeded|request send failed|connection reset|StatusCode: (0|5\d\d)\b/,
  },
  /** Of what opens it; Vault's are asked there, the clouds' by nobody. */
  key: {
    any: /secrets manager|secrets \(code=|open keeper|passphrase/,
    noPassphrase: /passphrase must be set/,
    wrongPassphrase: /incorrect passphrase/,
    login: /VAULT_ADDR environment variables are set|missing client token|invalid token|get credentials|could not find default credentials|missing google credentials|DefaultAzureCredential|ExpiredToken|UnrecognizedClient/,
    missing: /encryption key not found|NotFoundException|KeyNotFound|DisabledException|KMSInvalidState|FAILED_PRECONDITION|message authentication failed|decrypting secret value|Code: 40[04]\b/,
    denied: /AccessDenied|PermissionDenied|permission denied|Forbidden|Code: 403\b/i,
    away: /connection refused|no such host|i\/o timeout|deadline exceeded|connection reset|request send failed|Vault is sealed|giving up after|Code: 5\d\d\b|StatusCode: (0|5\d\d)\b/,
  },
  helm: {
    version: "3.22.0",
    nameInUse: /cannot re-use a name that is still in use/,
    /** The API server refused an object, or the chart itself did; the first line of an error. */
    refusedObject: /cannot patch "|failed to create resource: |unable to build kubernetes objects|[Uu]nable to continue with (install|update)|execution error at \(/,
  },
  kubernetes: {
    version: "1.36.3",
    quotaExceeded: /exceeded quota/,
    /** The quota's name, and what of it is too little. */
    quotaDetails: /exceeded quota: ([^\s,]+), (requested: (\S+), used: \S+, limited: \S+)/,
    /** Of these, what an admission webhook denies is not asked by a test. */
    refusedObject: /\bis (invalid|forbidden): |denied the request|no matches for kind/,
    /** The kubelet's, which has no cause in it, before 1.32; and its event that has. The nodes of the tests pull nothing. */
    pullPutOff: /^Back-off pulling image "[^"]*"$/,
    pullFailed: /^Failed to pull image/,
  },
  /** Of the embedded cluster's parts, all of them Go programs, in their logs. */
  go: { addressInUse: /address already in use/ },
  node: { outOfMemory: /heap out of memory/i },
  /** containerd, CRI-O and Docker around what registries say; all that reaches a pod's status. No test has them all. */
  registries: {
    limited: /toomanyrequests|too many requests/i,
    missing: /not found|(manifest|name|repository|blob) unknown|no such image/i,
    refused: /unauthori[sz]ed|unauthenticated|forbidden|denied|\b40[13]\b|no basic auth credentials|authentication required|authorization failed|invalid username\/password|may require (authorization|'docker login')|requires? 'docker login'/i,
  },
  /** Databases about their volume, and their system about it. */
  fullDisk: /no space left on device|disk is full|disk full|errno:? 28\b/i,
  /** Docker, Podman and buildx, for a hint only. No test has them. */
  containers: {
    onePlatform: /not supported for the docker driver|does not support multiple platforms/i,
    noBuildx: /is not a docker command|unknown (shorthand )?flag/i,
    otherProcessor: /exec format error/i,
  },
};

export interface LockHolder {
  host: string;
  pid: number;
  /** When the lock was taken; milliseconds since 1970. */
  since: number;
}

/** `created by user@host (pid 123) at 2026-…`, as a file or bucket backend words each lock. */
const holder = /created by \S+@(\S+) \(pid (\d+)\) at (\S+)/g;

/** Who holds the locks that the CLI complains of; none where it does not say. */
export const holdersIn = (complaint: string): LockHolder[] =>
  [...complaint.matchAll(holder)].map(([, host = "", pid, at = ""]) => ({ host, pid: Number(pid), since: Date.parse(at) }));
