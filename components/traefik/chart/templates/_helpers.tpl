{{- define "traefik.selector" -}}
app.kubernetes.io/name: traefik
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* One map, so that no key is written twice whatever the values add. */}}
{{- define "traefik.labels" -}}
{{- $own := dict "app" "traefik" "app.kubernetes.io/component" "ingress-controller" "app.kubernetes.io/part-of" "storefleet" "app.kubernetes.io/managed-by" .Release.Service -}}
{{- toYaml (merge (include "traefik.selector" . | fromYaml) $own .Values.labels) }}
{{- end }}

{{/* Objects of the cluster carry the namespace in their name: several releases do not clash. */}}
{{- define "traefik.clusterName" -}}
{{ .Release.Namespace }}-{{ .Release.Name }}
{{- end }}
