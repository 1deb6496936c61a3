{{/* Of one of both parts: (dict "root" $ "part" "api"). */}}
{{- define "control-plane.selector" -}}
app: {{ .root.Release.Name }}-{{ .part }}
app.kubernetes.io/name: control-plane
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{/* One map, so that no key is written twice whatever the values add. */}}
{{- define "control-plane.labels" -}}
{{- $own := dict "app.kubernetes.io/part-of" "storefleet" "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- toYaml (merge (include "control-plane.selector" . | fromYaml) $own .root.Values.labels) }}
{{- end }}

{{/* What both have in common: nobody, nothing to write but /tmp, no privilege. */}}
{{- define "control-plane.pod-security" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "control-plane.container-security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* The two replicas on two nodes, where there are two. */}}
{{- define "control-plane.spread" -}}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "control-plane.selector" . | nindent 6 }}
{{- end }}
