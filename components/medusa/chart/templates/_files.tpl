{{/* Contents of the ConfigMaps, apart so that pods can carry their checksum. */}}
{{- define "medusa.postgresFiles" -}}
start.sh: |
  {{- .Files.Get "files/postgres-start.sh" | trim | nindent 2 }}
ready.sh: |
  {{- .Files.Get "files/postgres-ready.sh" | trim | nindent 2 }}
database.sql: |
  {{- .Files.Get "files/postgres-database.sql" | trim | nindent 2 }}
{{- end -}}

{{- define "medusa.redisFiles" -}}
redis.conf: |
  {{- .Files.Get "files/redis.conf" | trim | nindent 2 }}
{{- end -}}

{{- define "medusa.scriptFiles" -}}
{{- range $file := list "wait-for-data.sh" "wait-until-prepared.sh" "mark-prepared.sh" "publish-key.mjs" "wait-for-server.mjs" }}
{{ $file }}: |
  {{- $.Files.Get (printf "files/%s" $file) | trim | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The only way in which the list's values reach the shop: data, which no shell ever reads. */}}
{{- define "medusa.seedFiles" -}}
{{- $store := .Values.shop -}}
{{- $seed := merge (dict "countries" ($store.countries | default (list $store.country))) $store -}}
{{- /* YAML does not take these three characters as they are. */}}
seed.json: |-
  {{ $seed | toJson | replace "\ufeff" "\\ufeff" | replace "\ufffe" "\\ufffe" | replace "\uffff" "\\uffff" }}
{{- end -}}
