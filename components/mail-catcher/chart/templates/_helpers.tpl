{{- define "mail-catcher.selector" -}}
app: mail-catcher
app.kubernetes.io/name: mail-catcher
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* One map, so that no key is written twice whatever the values add. */}}
{{- define "mail-catcher.labels" -}}
{{- $own := dict "app.kubernetes.io/component" "mail" "app.kubernetes.io/part-of" "storefleet" "app.kubernetes.io/managed-by" .Release.Service -}}
{{- toYaml (merge (include "mail-catcher.selector" . | fromYaml) $own .Values.labels) }}
{{- end }}
