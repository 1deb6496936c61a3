{{/* Labels of an object. Takes (list $ "component"). */}}
{{- define "woocommerce.labels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
{{ include "woocommerce.podLabels" . }}
{{- end }}

{{/* Labels of a pod: no versions, so that an upgrade of the chart alone restarts nothing. */}}
{{- define "woocommerce.podLabels" -}}
{{- $root := index . 0 -}}
{{ include "woocommerce.selector" . }}
app.kubernetes.io/part-of: storefleet
{{- range $key, $value := omit $root.Values.labels "app.kubernetes.io/part-of" }}
{{ $key }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "woocommerce.selector" -}}
app: {{ index . 1 }}
app.kubernetes.io/name: woocommerce
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Name of a Secret: the given one, or the generated one. Takes (list $ "admin"). */}}
{{- define "woocommerce.secret" -}}
{{- $root := index . 0 -}}{{- $which := index . 1 -}}
{{- get $root.Values.secrets $which | default (printf "%s-%s" $root.Release.Name $which) -}}
{{- end }}

{{/* Annotations of a pod that reads these Secrets: one that comes from outside and changed has its pods started anew. Takes (list $ "database"). */}}
{{- define "woocommerce.secretRevisions" -}}
{{- $root := index . 0 -}}
{{- range $kind := rest . -}}
{{- with get $root.Values.secretRevisions $kind }}
storefleet.dev/{{ $kind }}-revision: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* What Pod Security `restricted` and we ask of every pod. Takes (list $ uid). */}}
{{- define "woocommerce.pod" -}}
{{- $root := index . 0 -}}{{- $uid := index . 1 -}}
serviceAccountName: {{ $root.Release.Name }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $uid }}
  runAsGroup: {{ $uid }}
  fsGroup: {{ $uid }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
  # A peer that vanished without a word, such as a killed database, is noticed in half a minute instead of two hours.
  sysctls:
    - { name: net.ipv4.tcp_keepalive_time, value: "15" }
    - { name: net.ipv4.tcp_keepalive_intvl, value: "5" }
    - { name: net.ipv4.tcp_keepalive_probes, value: "3" }
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/* The same for every container. */}}
{{- define "woocommerce.container" -}}
imagePullPolicy: IfNotPresent
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  privileged: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* The shop's hosts, the one for e-mails first. */}}
{{- define "woocommerce.hosts" -}}
{{- append .Values.ingress.domains .Values.ingress.host | join " " -}}
{{- end }}

{{- define "woocommerce.scheme" -}}
{{- ternary "https" "http" (not (empty .Values.ingress.tlsIssuer)) -}}
{{- end }}

{{/* What follows the host in the shop's addresses: `:8080`, or nothing. */}}
{{- define "woocommerce.port" -}}
{{- with .Values.ingress.port }}:{{ int . }}{{ end -}}
{{- end }}

{{/* Any Kubernetes quantity as a whole number of mebibytes: `2Gi`, but also what somebody else wrote: `20G`, `0.5Ti`, `21474836480`. */}}
{{- define "woocommerce.mebibytes" -}}
{{- $suffix := regexFind "[A-Za-z]+$" . -}}
{{- $factor := dict "" 1.0 "m" 1e-3 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18
  "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "Ei" 1152921504606846976.0 -}}
{{- printf "%.0f" (divf (mulf (trimSuffix $suffix . | float64) (get $factor $suffix)) 1048576.0) -}}
{{- end }}

{{/* How the uploads can be mounted: as wanted for a new claim; one that is there stays as it is. */}}
{{- define "woocommerce.uploadsMode" -}}
{{- $claim := lookup "v1" "PersistentVolumeClaim" .Release.Namespace (printf "%s-uploads" .Release.Name) -}}
{{- if $claim }}{{ first $claim.spec.accessModes }}{{ else }}{{ .Values.wordpress.uploads.accessMode }}{{ end -}}
{{- end }}

{{/*
A claim's size: the wanted one, unless the claim is there already and would shrink or can not be expanded, which
the API server would refuse together with the whole upgrade. Takes (list $ name wanted).
*/}}
{{- define "woocommerce.claimSize" -}}
{{- $root := index . 0 -}}{{- $wanted := index . 2 -}}
{{- $claim := lookup "v1" "PersistentVolumeClaim" $root.Release.Namespace (index . 1) -}}
{{- if $claim -}}
  {{- $current := $claim.spec.resources.requests.storage -}}
  {{- $class := lookup "storage.k8s.io/v1" "StorageClass" "" (default "" $claim.spec.storageClassName) | default dict -}}
  {{- $grows := gt (include "woocommerce.mebibytes" $wanted | int) (include "woocommerce.mebibytes" $current | int) -}}
  {{- if and $grows $class.allowVolumeExpansion }}{{ $wanted }}{{ else }}{{ $current }}{{ end -}}
{{- else -}}
  {{- $wanted -}}
{{- end -}}
{{- end }}
