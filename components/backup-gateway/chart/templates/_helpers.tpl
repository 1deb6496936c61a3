{{/* Takes (dict "root" $ "part" "gateway"). */}}
{{- define "backup.selector" -}}
app: backup-{{ .part }}
app.kubernetes.io/name: backup-gateway
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{/* One map, so that no key is written twice whatever the values add. */}}
{{- define "backup.labels" -}}
{{- $own := dict "app.kubernetes.io/component" .part "app.kubernetes.io/part-of" "storefleet" "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- toYaml (merge (include "backup.selector" . | fromYaml) $own .root.Values.labels) }}
{{- end }}

{{- define "backup.pod" -}}
serviceAccountName: {{ .Release.Name }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "backup.container" -}}
imagePullPolicy: IfNotPresent
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* Where the repositories are, as rclone says it. */}}
{{- define "backup.remote" -}}
{{- ternary "/repositories" (printf ":s3:%s/%s" .Values.bucket.name .Values.bucket.folder) (empty .Values.bucket.name) -}}
{{- end }}

{{/* And as restic says it. */}}
{{- define "backup.base" -}}
{{- ternary "/repositories" (printf "s3:%s/%s/%s" (trimSuffix "/" .Values.bucket.endpoint) .Values.bucket.name .Values.bucket.folder) (empty .Values.bucket.name) -}}
{{- end }}

{{- define "backup.rclone-env" -}}
# It has no file of its own, and looks for none.
- { name: RCLONE_CONFIG, value: "" }
- { name: HOME, value: /tmp }
{{- with .Values.bucket }}
{{- if .name }}
- { name: RCLONE_S3_PROVIDER, value: Other }
- { name: RCLONE_S3_ENDPOINT, value: {{ .endpoint | quote }} }
- { name: RCLONE_S3_REGION, value: {{ .region | quote }} }
- { name: RCLONE_S3_NO_CHECK_BUCKET, value: "true" }
- name: RCLONE_S3_ACCESS_KEY_ID
  valueFrom: { secretKeyRef: { name: {{ $.Values.secret }}, key: access-key } }
- name: RCLONE_S3_SECRET_ACCESS_KEY
  valueFrom: { secretKeyRef: { name: {{ $.Values.secret }}, key: secret-key } }
{{- end }}
{{- end }}
{{- end }}

{{- define "backup.volumes" -}}
- name: tmp
  emptyDir: { sizeLimit: 256Mi }
{{- if empty .Values.bucket.name }}
- name: repositories
  persistentVolumeClaim: { claimName: {{ .Release.Name }} }
{{- end }}
{{- end }}

{{- define "backup.mounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if empty .Values.bucket.name }}
- { name: repositories, mountPath: /repositories }
{{- end }}
{{- end }}
