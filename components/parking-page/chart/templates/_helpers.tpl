{{- define "parking-page.selector" -}}
app: parking-page
app.kubernetes.io/name: parking-page
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* One map, so that no key is written twice whatever the values add. */}}
{{- define "parking-page.labels" -}}
{{- $own := dict "app.kubernetes.io/component" "parking" "app.kubernetes.io/part-of" "storefleet" "app.kubernetes.io/managed-by" .Release.Service -}}
{{- toYaml (merge (include "parking-page.selector" . | fromYaml) $own .Values.labels) }}
{{- end }}
