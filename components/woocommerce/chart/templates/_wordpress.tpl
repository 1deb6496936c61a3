{{/* What the web pods and the pods of both Jobs share: the same shop, configured in the same way. */}}

{{- define "woocommerce.wordpress.env" -}}
- { name: WORDPRESS_DB_HOST, value: {{ .Release.Name }}-mariadb }
- { name: WORDPRESS_DB_NAME, value: wordpress }
- { name: WORDPRESS_DB_USER, value: wordpress }
- { name: WORDPRESS_DB_CHARSET, value: utf8mb4 }
- { name: WORDPRESS_DB_PASSWORD_FILE, value: /run/secrets/shop/database-password }
- { name: WORDPRESS_TABLE_PREFIX, value: wp_ }
{{- range list "auth-key" "secure-auth-key" "logged-in-key" "nonce-key" "auth-salt" "secure-auth-salt" "logged-in-salt" "nonce-salt" }}
- { name: WORDPRESS_{{ . | replace "-" "_" | upper }}_FILE, value: /run/secrets/shop/{{ . }} }
{{- end }}
- name: WORDPRESS_CONFIG_EXTRA
  value: {{ .Files.Get "files/config-extra.php" | trimPrefix "<?php\n" | quote }}
- { name: SHOP_HOSTS, value: {{ include "woocommerce.hosts" . | quote }} }
- { name: SHOP_SCHEME, value: {{ include "woocommerce.scheme" . }} }
{{- with include "woocommerce.port" . }}
- { name: SHOP_PORT, value: {{ . | quote }} }
{{- end }}
- { name: SHOP_EGRESS, value: {{ .Values.egress }} }
{{- with .Values.smtp }}
{{- if .host }}
- { name: SMTP_HOST, value: {{ .host | quote }} }
- { name: SMTP_PORT, value: {{ .port | int | quote }} }
- { name: SMTP_FROM, value: {{ .from | quote }} }
{{- if .username }}
- { name: SMTP_USERNAME, value: {{ .username | quote }} }
- { name: SMTP_PASSWORD_FILE, value: /run/secrets/shop/smtp-password }
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "woocommerce.wordpress.mounts" -}}
- { name: secrets, mountPath: /run/secrets/shop, readOnly: true }
- { name: web, mountPath: /usr/local/etc/php/conf.d/zz-shop.ini, subPath: php.ini, readOnly: true }
- { name: uploads, mountPath: /usr/src/wordpress/wp-content/uploads }
- { name: tmp, mountPath: /tmp }
{{- end }}

{{- define "woocommerce.wordpress.volumes" -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      - secret:
          name: {{ include "woocommerce.secret" (list . "database") }}
          items: [{ key: password, path: database-password }]
      - secret:
          name: {{ include "woocommerce.secret" (list . "salts") }}
      {{- with .Values.smtp }}
      {{- if .username }}
      - secret:
          name: {{ required "smtp.passwordSecret: name the Secret that holds the password of smtp.username" .passwordSecret }}
          items: [{ key: password, path: smtp-password }]
      {{- end }}
      {{- end }}
- name: web
  configMap: { name: {{ .Release.Name }}-web }
- name: uploads
  persistentVolumeClaim: { claimName: {{ .Release.Name }}-uploads }
- name: tmp
  emptyDir: { sizeLimit: 256Mi }
{{- end }}

{{/* Pod of a Job or CronJob that runs one of our scripts. Takes (list $ "component" "script"). */}}
{{- define "woocommerce.wordpress.jobPod" -}}
{{- $root := index . 0 -}}{{- $component := index . 1 -}}{{- $script := index . 2 -}}
metadata:
  labels:
    {{- include "woocommerce.podLabels" (list $root $component) | nindent 4 }}
spec:
  {{- include "woocommerce.pod" (list $root 33) | nindent 2 }}
  restartPolicy: Never
  # Safe to end at any point, and a shell does not listen.
  terminationGracePeriodSeconds: 5
  {{- if eq (include "woocommerce.uploadsMode" $root) "ReadWriteOnce" }}
  # A ReadWriteOnce volume serves pods of one node only: the web pod's.
  affinity:
    podAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        - topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "woocommerce.selector" (list $root "wordpress") | nindent 14 }}
  {{- end }}
  containers:
    - name: {{ $component }}
      image: {{ $root.Values.images.wordpress | quote }}
      {{- include "woocommerce.container" $root | nindent 6 }}
      command: [sh, /etc/storefleet/{{ $script }}]
      workingDir: /usr/src/wordpress
      env:
        {{- include "woocommerce.wordpress.env" $root | nindent 8 }}
        # WP-CLI takes the image's own configuration file; the web pods reach it through wp-config.php.
        - { name: WP_CONFIG_PATH, value: /usr/src/wordpress/wp-config-docker.php }
        - { name: HOME, value: /tmp }
      resources:
        {{- toYaml $root.Values.jobs.resources | nindent 8 }}
      volumeMounts:
        {{- include "woocommerce.wordpress.mounts" $root | nindent 8 }}
        - { name: scripts, mountPath: /etc/storefleet, readOnly: true }
        {{- if eq $component "setup" }}
        - { name: admin, mountPath: /run/secrets/admin, readOnly: true }
        {{- if $root.Values.productFiles }}
        - { name: products, mountPath: /products, readOnly: true }
        {{- end }}
        {{- if $root.Values.productImages }}
        - { name: product-images, mountPath: /product-images, readOnly: true }
        {{- end }}
        {{- end }}
  volumes:
    {{- include "woocommerce.wordpress.volumes" $root | nindent 4 }}
    - name: scripts
      projected:
        sources:
          - configMap: { name: {{ $root.Release.Name }}-setup }
          - configMap: { name: {{ $root.Release.Name }}-web, items: [{ key: health.php, path: health.php }] }
    {{- if eq $component "setup" }}
    - name: admin
      secret: { secretName: {{ include "woocommerce.secret" (list $root "admin") }}, defaultMode: 0440 }
    {{- range $name, $files := dict "products" $root.Values.productFiles "product-images" $root.Values.productImages }}
    {{- if $files }}
    - name: {{ $name }}
      projected:
        sources:
          {{- range $files }}
          - configMap: { name: {{ . | quote }}, optional: true }
          {{- end }}
    {{- end }}
    {{- end }}
    {{- end }}
{{- end }}
