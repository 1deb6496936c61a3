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
