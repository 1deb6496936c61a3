{{/* How psql in the shell containers reaches the database, as the role that owns it. */}}
{{- define "medusa.psqlEnv" -}}
- name: PGHOST
  value: {{ .Release.Name }}-postgres
- name: PGUSER
  value: medusa
- name: PGDATABASE
  value: medusa
- name: PGCONNECT_TIMEOUT
  value: "3"
- name: PGPASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "medusa.secretName" (list . "database") }}
      key: password
{{- end -}}

{{/* Environment of every Medusa process. It is the image's contract, which the README one folder up lists. */}}
{{- define "medusa.baseEnv" -}}
- name: NODE_ENV
  value: production
- name: PORT
  value: "9000"
- name: XDG_CONFIG_HOME
  value: /tmp/config
- name: MEDUSA_DISABLE_TELEMETRY
  value: "true"
- name: DATABASE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "medusa.secretName" (list . "database") }}
      key: password
# Without the last word Medusa wants TLS of any host but this one, and waits for it in silence.
- name: DATABASE_URL
  value: postgres://medusa:$(DATABASE_PASSWORD)@{{ .Release.Name }}-postgres:5432/medusa?sslmode=disable
- name: REDIS_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "medusa.secretName" (list . "redis") }}
      key: password
- name: REDIS_URL
  value: redis://:$(REDIS_PASSWORD)@{{ .Release.Name }}-redis:6379
- name: JWT_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ include "medusa.secretName" (list . "app") }}
      key: jwt-secret
- name: COOKIE_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ include "medusa.secretName" (list . "app") }}
      key: cookie-secret
{{- /* For the Job as well: a Medusa that starts without a mail provider switches it off in the database, for all. */}}
{{- with .Values.smtp }}
{{- if .host }}
- name: SMTP_HOST
  value: {{ .host | quote }}
- name: SMTP_PORT
  value: {{ .port | int | quote }}
- name: SMTP_FROM
  value: {{ .from | quote }}
{{- with .username }}
- name: SMTP_USERNAME
  value: {{ . | quote }}
{{- end }}
{{- with .passwordSecret }}
- name: SMTP_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: password
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Changes where server and worker have to start anew to read what they have in their environment. */}}
{{- define "medusa.appAnnotations" -}}
{{- with .Values.smtpRevision }}
storefleet.dev/smtp-revision: {{ . | quote }}
{{- end }}
{{- include "medusa.secretRevisions" (list . "database" "redis" "app") }}
{{- end -}}

{{/* What server and worker need besides, and the Job does not: a new domain does not run it again. */}}
{{- define "medusa.webEnv" -}}
- name: COOKIE_INSECURE
  value: {{ not .Values.ingress.tlsIssuer | quote }}
- name: MEDUSA_BACKEND_URL
  value: {{ include "medusa.url" . }}
{{- range list "STORE_CORS" "ADMIN_CORS" "AUTH_CORS" }}
- name: {{ . }}
  value: {{ include "medusa.origins" $ }}
{{- end }}
{{- end -}}
