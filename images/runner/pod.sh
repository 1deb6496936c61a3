# To be sourced, with PULUMI_HOME.
# The cluster that this pod runs in, by the account that it runs as; under the name that the state has for it.
if [ -z "${KUBECONFIG:-}" ]; then
  export KUBECONFIG="$PULUMI_HOME/kubeconfig" STOREFLEET_CONTEXT="${STOREFLEET_CONTEXT:-in-cluster}"
  account=/var/run/secrets/kubernetes.io/serviceaccount
  case "$KUBERNETES_SERVICE_HOST" in *:*) host="[$KUBERNETES_SERVICE_HOST]" ;; *) host=$KUBERNETES_SERVICE_HOST ;; esac
  cat > "$KUBECONFIG" <<END
apiVersion: v1
kind: Config
clusters: [{ name: pod, cluster: { server: "https://$host:$KUBERNETES_SERVICE_PORT", certificate-authority: $account/ca.crt } }]
users: [{ name: pod, user: { tokenFile: $account/token } }]
contexts: [{ name: "$STOREFLEET_CONTEXT", context: { cluster: pod, user: pod } }]
END
fi
