{{/* Labels of an object. Takes (dict "root" $ "app" … "component" …). */}}
{{- define "medusa.labels" -}}
{{- $own := dict
  "app" .app
  "app.kubernetes.io/name" "medusa"
  "app.kubernetes.io/instance" .root.Release.Name
  "app.kubernetes.io/component" .component
  "app.kubernetes.io/part-of" "storefleet"
  "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- merge $own .root.Values.labels | toYaml -}}
{{- end -}}

{{/* Labels that select a part's pods: never anything that may change. */}}
{{- define "medusa.selector" -}}
app: {{ .app }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{/* Name of a Secret: the given one, else the generated one. Takes (list $ "admin"). */}}
{{- define "medusa.secretName" -}}
{{- $root := index . 0 -}}{{- $kind := index . 1 -}}
{{- get $root.Values.secrets $kind | default (printf "%s-%s" $root.Release.Name $kind) -}}
{{- end -}}

{{/* Annotations of a pod that reads these Secrets: one that comes from outside and changed has its pods started anew. Takes (list $ "database"). */}}
{{- define "medusa.secretRevisions" -}}
{{- $root := index . 0 -}}
{{- range $kind := rest . -}}
{{- with get $root.Values.secretRevisions $kind }}
storefleet.dev/{{ $kind }}-revision: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The Secret that the Job fills, under `publishable-key`. */}}
{{- define "medusa.keySecret" -}}
{{ .Release.Name }}-storefront
{{- end -}}

{{/* Where one of the shop's hosts answers. Takes (list $ "host"). */}}
{{- define "medusa.urlOf" -}}
{{- $ingress := (index . 0).Values.ingress -}}
{{- ternary "https" "http" (not (empty $ingress.tlsIssuer)) }}://{{ index . 1 }}{{ with $ingress.port }}:{{ int . }}{{ end }}
{{- end -}}

{{- define "medusa.url" -}}
{{- include "medusa.urlOf" (list . .Values.ingress.host) -}}
{{- end -}}

{{/* Every address that browsers use for this shop, comma-separated; the one for links first. */}}
{{- define "medusa.origins" -}}
{{- $origins := list -}}
{{- range append .Values.ingress.domains .Values.ingress.host -}}
{{- $origins = append $origins (include "medusa.urlOf" (list $ .)) -}}
{{- end -}}
{{- join "," $origins -}}
{{- end -}}

{{/* Any Kubernetes quantity as a whole number of mebibytes: `2Gi`, but also what somebody else wrote: `20G`, `0.5Ti`, `21474836480`. */}}
{{- define "medusa.mebibytes" -}}
{{- $suffix := regexFind "[A-Za-z]+$" . -}}
{{- $factor := dict "" 1.0 "m" 1e-3 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18
  "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "Ei" 1152921504606846976.0 -}}
{{- printf "%.0f" (divf (mulf (trimSuffix $suffix . | float64) (get $factor $suffix)) 1048576.0) -}}
{{- end -}}

{{/* Requests and limits of a container. Takes one entry of `sizes`. Ephemeral storage is for logs and /tmp. */}}
{{- define "medusa.resources" -}}
requests:
  cpu: {{ .cpuRequest | quote }}
  memory: {{ .memoryRequest }}
  ephemeral-storage: 32Mi
limits:
  {{- with .cpuLimit }}
  cpu: {{ . | quote }}
  {{- end }}
  memory: {{ .memoryLimit }}
  ephemeral-storage: 512Mi
{{- end -}}

{{/* Requests and limits of the small shell containers; they never exceed those of the pod's main part. */}}
{{- define "medusa.smallResources" -}}
{{- include "medusa.resources" (dict "cpuRequest" "10m" "cpuLimit" .cpuLimit "memoryRequest" "32Mi" "memoryLimit" "128Mi") -}}
{{- end -}}

{{/* Pod-level fields that all pods share. Takes (dict "root" $ "user" <uid>), and "account" where it has one of its own. */}}
{{- define "medusa.pod" -}}
serviceAccountName: {{ .account | default .root.Release.Name }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .user }}
  runAsGroup: {{ .user }}
  fsGroup: {{ .user }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{/* The same for every container. */}}
{{- define "medusa.container" -}}
imagePullPolicy: IfNotPresent
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* Spreads a part's pods over nodes where there are several. */}}
{{- define "medusa.spread" -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 100
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels: {{- include "medusa.selector" . | nindent 12 }}
{{- end -}}

{{/* Init container of server and worker: holds them back until this image has prepared the database. */}}
{{- define "medusa.waitUntilPrepared" -}}
- name: wait-until-prepared
  image: {{ .Values.images.postgres }}
  {{- include "medusa.container" . | nindent 2 }}
  command: [bash, /scripts/wait-until-prepared.sh]
  env:
    - name: IMAGE
      value: {{ .Values.images.medusa }}
    {{- include "medusa.psqlEnv" . | nindent 4 }}
  resources: {{- include "medusa.smallResources" .Values.sizes.job | nindent 4 }}
  volumeMounts: {{- include "medusa.scriptMounts" . | nindent 4 }}
{{- end -}}

{{/*
A part's volume. Where the claim exists it keeps its class, and its size too if that would shrink or can not grow: the
API server would refuse that, and the whole upgrade with it. The class is the one that was written when the claim was made,
even where that was none and the cluster put one in, so that every revision says the same and Helm can go back to any; an
installation over a claim that stayed has to name the one that it has. Takes (list $ "postgres").
*/}}
{{- define "medusa.claim" -}}
{{- $root := index . 0 -}}{{- $part := index . 1 -}}
{{- $name := printf "%s-%s" $root.Release.Name $part -}}
{{- $size := get $root.Values.sizes.volumes $part -}}
{{- $className := $root.Values.storageClass -}}
{{- $claim := lookup "v1" "PersistentVolumeClaim" $root.Release.Namespace $name -}}
{{- if $claim -}}
  {{- $live := $claim.spec.storageClassName | default "" -}}
  {{- $written := $claim.metadata.annotations | default dict -}}
  {{- $remembered := and $root.Release.IsUpgrade (hasKey $written "storefleet.dev/storage-class") -}}
  {{- $className = ternary (get $written "storefleet.dev/storage-class") $live $remembered -}}
  {{- $class := lookup "storage.k8s.io/v1" "StorageClass" "" $live | default dict -}}
  {{- $current := $claim.spec.resources.requests.storage -}}
  {{- $grows := gt (include "medusa.mebibytes" $size | int) (include "medusa.mebibytes" $current | int) -}}
  {{- if not (and $grows $class.allowVolumeExpansion) -}}{{- $size = $current -}}{{- end -}}
{{- end -}}
{{- /* A suspended shop has no pod that would bind a new claim, and Helm would wait for that. */ -}}
{{- if or $claim (not $root.Values.suspended) -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ $name }}
  labels: {{- include "medusa.labels" (dict "root" $root "app" $part "component" "data") | nindent 4 }}
  annotations:
    # A broken release can be uninstalled and installed anew without loss; the data goes with its namespace.
    helm.sh/resource-policy: keep
    storefleet.dev/storage-class: {{ $className | quote }}
spec:
  accessModes: [ReadWriteOnce]
  {{- with $className }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests:
      storage: {{ $size }}
{{- end -}}
{{- end -}}

{{/* A new pod is ready before an old one goes; Helm, too, waits only for as many as this promises. */}}
{{- define "medusa.strategy" -}}
type: RollingUpdate
rollingUpdate:
  maxSurge: 1
  maxUnavailable: 0
{{- end -}}

{{/* Keeps serving until the ingress controller has noticed that the pod is leaving. */}}
{{- define "medusa.drain" -}}
preStop:
  exec:
    command: [sleep, "5"]
{{- end -}}

{{- define "medusa.scriptMounts" -}}
- name: scripts
  mountPath: /scripts
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- end -}}

{{- define "medusa.scriptVolumes" -}}
- name: scripts
  configMap:
    name: {{ .Release.Name }}-scripts
- name: tmp
  emptyDir: { sizeLimit: 256Mi }
{{- end -}}
