import { exists, isNoneOf, isOneOf, kept, ready, stage, status, warning } from "./stage";

/**
 * What kwok does to pods in place of kubelets. The templates are Go templates of YAML; no stage waits, so that
 * `helm --wait` takes as long as its own polling.
 *
 * A pod can be made to fail, for tests and to see what `status` says: by an image whose reference contains
 * `does-not-exist`, or by the label or annotation `storefleet.dev/simulate` with `image-pull-error`, `crash` or
 * `not-ready`. Taking the annotation away lets the pod recover.
 */
export const simulateKey = "storefleet.dev/simulate";

const unfinished = isOneOf(".status.phase", "Pending", "Running");
const jobPod = isOneOf(".metadata.ownerReferences.[]?.kind", "Job");
const simulated = `(.metadata.annotations["${simulateKey}"] // .metadata.labels["${simulateKey}"])`;
const anyImage = "((.spec.initContainers // []) + .spec.containers) | .[].image";
/** Yields the fault to simulate, or nothing. */
const fault = `(${simulated} // (if ([${anyImage} | select(contains("does-not-exist"))] | length) > 0 then "image-pull-error" else null end) | select(. != null))`;
const healthy = isNoneOf(fault, "image-pull-error", "crash", "not-ready");
const waitingReason = "((.status.initContainerStatuses // []) + (.status.containerStatuses // [])) | .[].state.waiting.reason";

const conditions = (isReady: boolean, reason = "") => `
conditions:
{{ $now := Now }}
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: Ready, status: "${isReady ? "True" : "False"}", reason: "${reason}", lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "${isReady ? "True" : "False"}", reason: "${reason}", lastTransitionTime: {{ $now | Quote }} }
{{ range .spec.readinessGates }}
- { type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ $now | Quote }} }
{{ end }}`;

/** Init containers that have done their work; those that restart always (sidecars) keep running. */
const initContainersDone = `
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  restartCount: 0
  {{ if eq (or .restartPolicy "") "Always" }}
  started: true
  state: { running: { startedAt: {{ Now | Quote }} } }
  {{ else }}
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }} } }
  {{ end }}
{{ end }}`;

const containers = (isReady: boolean, restarts: number, state: string) => `
containerStatuses:
{{ $pod := .metadata.name }}
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: ${isReady}
  started: ${isReady}
  restartCount: ${restarts}
  ${state}
{{ end }}`;

const running = "state: { running: { startedAt: {{ Now | Quote }} } }";
const terminated = (exitCode: number, reason: string) =>
  `terminated: { exitCode: ${exitCode}, reason: ${reason}, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }} }`;
const notPulled = `state: { waiting: { reason: ImagePullBackOff, message: {{ printf "Back-off pulling image %q: ErrImagePull: failed to resolve reference: not found (simulated)" .image | Quote }} } }`;

/**
 * Containers of a pod of which some image cannot be had: where an init container lacks its image, all others wait for
 * it; else the container lacks it whose image says so, or each where the pod does.
 */
const imagePullError = `
{{ $annotations := or .metadata.annotations dict }}
{{ $labels := or .metadata.labels dict }}
{{ $all := or (index $annotations "${simulateKey}") (index $labels "${simulateKey}") }}
{{ $blocked := false }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: false
  restartCount: 0
  {{ if $blocked }}
  state: { waiting: { reason: PodInitializing } }
  {{ else if contains "does-not-exist" .image }}
  {{ $blocked = true }}
  ${notPulled}
  {{ else }}
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }} } }
  {{ end }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  restartCount: 0
  {{ if $blocked }}
  ready: false
  state: { waiting: { reason: PodInitializing } }
  {{ else if or $all (contains "does-not-exist" .image) }}
  ready: false
  ${notPulled}
  {{ else }}
  ready: true
  started: true
  ${running}
  {{ end }}
{{ end }}`;
const crashMessage = `{{ printf "back-off 10s restarting failed container=%s pod=%s (simulated)" .name $pod | Quote }}`;

const addresses = `
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
hostIPs: [{ ip: {{ NodeIPWith .spec.nodeName | Quote }} }]
{{ $ip := or .status.podIP (PodIPWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "")) }}
podIP: {{ $ip | Quote }}
podIPs: [{ ip: {{ $ip | Quote }} }]
startTime: {{ or .status.startTime Now | Quote }}`;

export const podStages = [
  stage("Pod", "pod-delete", [exists(".metadata.deletionTimestamp")], [{ delete: true }]),
  stage(
    "Pod", "pod-ready",
    [kept, unfinished, healthy, isNoneOf(".metadata.ownerReferences.[]?.kind", "Job"), isNoneOf(ready, "True")],
    [status(`phase: Running\n${conditions(true)}\n${initContainersDone}\n${containers(true, 0, running)}\n${addresses}`)],
  ),
  stage(
    "Pod", "pod-complete", [kept, unfinished, healthy, jobPod],
    [status(`phase: Succeeded\n${conditions(false, "PodCompleted")}\n${initContainersDone}\n${containers(false, 0, `state: { ${terminated(0, "Completed")} }`)}\n${addresses}`)],
  ),
  stage(
    "Pod", "pod-not-ready", [kept, isOneOf(".status.phase", "Pending"), isOneOf(fault, "not-ready")],
    [
      warning("Unhealthy", "Readiness probe failed (simulated)"),
      status(`phase: Running\n${conditions(false, "ContainersNotReady")}\n${initContainersDone}\n${containers(false, 0, running)}\n${addresses}`),
    ],
  ),
  stage(
    "Pod", "pod-image-pull-error",
    [kept, unfinished, isOneOf(fault, "image-pull-error"), isNoneOf(waitingReason, "ImagePullBackOff")],
    [
      warning("Failed", "Error: ImagePullBackOff (simulated)"),
      status(`phase: Pending\n${conditions(false, "ContainersNotReady")}\n${imagePullError}\n${addresses}`),
    ],
  ),
  stage(
    "Pod", "pod-crash",
    [kept, unfinished, isOneOf(fault, "crash"), isNoneOf(".spec.restartPolicy", "Never"), isNoneOf(waitingReason, "CrashLoopBackOff")],
    [
      warning("BackOff", "Back-off restarting failed container (simulated)"),
      status(`phase: Running\n${conditions(false, "ContainersNotReady")}\n${initContainersDone}\n${containers(false, 3, `state: { waiting: { reason: CrashLoopBackOff, message: ${crashMessage} } }\n  lastState: { ${terminated(1, "Error")} }`)}\n${addresses}`),
    ],
  ),
  stage(
    "Pod", "pod-fail", [kept, unfinished, isOneOf(fault, "crash"), isOneOf(".spec.restartPolicy", "Never")],
    [status(`phase: Failed\n${conditions(false, "PodFailed")}\n${initContainersDone}\n${containers(false, 0, `state: { ${terminated(1, "Error")} }`)}\n${addresses}`)],
  ),
];
