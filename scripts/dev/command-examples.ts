/** A command as it is called, and what it prints. Held by tests: of `where` "cluster" after `npm run quickstart`, in this order. */
export interface Example {
  /** Behind `./scripts/stores`. */
  line: string;
  where: "anywhere" | "cluster";
  /** What was edited before, in the list: before and after. */
  edited?: [string, string];
  /** Standard output, or standard error where that is empty. A line with `…` stands for any lines. */
  prints: string;
}

const simulation = "Pods are simulated on this embedded cluster: it proves provisioning, it does not serve a page. For shops that answer: start Docker or Podman, or name any cluster by --context.";

const noBackups = `error: environment "local" keeps no backups
Say where in Pulumi.local.yaml: storefleet:settings.backup, as docs/backups.md has it; then ./scripts/stores cluster up && ./scripts/stores apply`;

const noPipeline = "error: this is no job of GitHub Actions or GitLab CI\nIt is for pipelines; docs/pipelines.md has them.";

/** Of every command, by its path. */
export const examples: Record<string, Example> = {
  validate: { line: "validate", where: "anywhere", prints: "/home/you/storefleet/config/stores.local.yaml: 3 stores, no problems" },
  schema: {
    line: "schema --of open", where: "anywhere",
    prints: `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "anyOf": [
    {
      "type": "object",
      "properties": {
        "name": {
          "type": "string"
        },
        "url": {
          "type": "string"
        }
      },
…
  "title": "stores open --json"
}`,
  },
  hosts: {
    line: "hosts", where: "anywhere",
    prints: `127.0.0.1	store-acme-07cbc0d1.127.0.0.1.nip.io	# acme
127.0.0.1	store-bloom-ca1a474a.127.0.0.1.nip.io	# bloom
127.0.0.1	store-cargo-ac1a0497.127.0.0.1.nip.io	# cargo
127.0.0.1	mail.127.0.0.1.nip.io	# mail-catcher`,
  },
  rbac: {
    line: "rbac --env prod", where: "anywhere",
    prints: `# Where the accounts live. People and pipelines that log in by other means join the groups storefleet-deployers and
# storefleet-viewers instead.
apiVersion: v1
kind: Namespace
metadata:
  name: storefleet-access
---
…
    verbs: [get]`,
  },
  "export operator": {
    line: "export operator --env prod --out deploy", where: "anywhere",
    prints: `error: Pulumi.prod.yaml: storefleet:operator is missing — name the image that runs the stacks: docs/operator.md
Edit Pulumi.prod.yaml; every setting is described in config/operator.ts.`,
  },
  completion: {
    line: "completion fish", where: "anywhere",
    prints: `function __stores_complete
    set -l words (commandline -opc) (commandline -ct)
    $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c stores -f -a '(__stores_complete)'`,
  },
  "ci init": { line: "ci init github", where: "anywhere", prints: "Nothing to do: 6 of 6 files are as the project has them." },
  "ci comment": { line: "ci comment --env prod --markdown plan.md", where: "anywhere", prints: noPipeline },
  "ci issue": { line: "ci issue --env prod --close", where: "anywhere", prints: noPipeline },
  status: {
    line: "status", where: "cluster",
    prints: `STORE  ENGINE       PHASE  AGE    READY IN  URL
acme   woocommerce  READY  2m 1s  7s        http://store-acme-07cbc0d1.127.0.0.1.nip.io
bloom  woocommerce  READY  2m 1s  7s        http://store-bloom-ca1a474a.127.0.0.1.nip.io
cargo  medusa       READY  2m 2s  7s        http://store-cargo-ac1a0497.127.0.0.1.nip.io`,
  },
  drift: { line: "drift", where: "cluster", prints: "No drift: 3 stores are as they were made." },
  metrics: {
    line: "metrics", where: "cluster",
    prints: `…
storefleet_stores{env="local",engine="woocommerce",phase="READY"} 2
…
storefleet_store_ready{env="local",store="acme"} 1
…
storefleet_pending_changes{env="local",action="update"} 0
…`,
  },
  serve: {
    line: "serve --listen 0.0.0.0:8000", where: "anywhere",
    prints: `error: --listen names 0.0.0.0: from there others could reach this
Listen on 127.0.0.1; or say where browsers ask the proxy that alone can reach it: --behind https://NAME`,
  },
  "cluster status": {
    line: "cluster status", where: "cluster",
    prints: `cluster local: embedded, Kubernetes v1.36.3, running; pods are simulated: this proves provisioning, it serves no page
chosen because neither Docker nor Podman answers
context storefleet-local in /home/you/.local/state/storefleet/clusters/local/kubeconfig
nodes simulated-1, simulated-2

PROCESS                  STATE    PID    MEMORY   LOG
etcd                     running  9869   59 MiB   /home/you/.local/state/storefleet/clusters/local/logs/etcd.log
kube-apiserver           running  9880   302 MiB  /home/you/.local/state/storefleet/clusters/local/logs/kube-apiserver.log
kube-controller-manager  running  10094  102 MiB  /home/you/.local/state/storefleet/clusters/local/logs/kube-controller-manager.log
kube-scheduler           running  10095  67 MiB   /home/you/.local/state/storefleet/clusters/local/logs/kube-scheduler.log
kwok                     running  10110  98 MiB   /home/you/.local/state/storefleet/clusters/local/logs/kwok.log`,
  },
  operations: {
    line: "operations", where: "cluster",
    prints: `OPERATION             WHAT         BY          STARTED               TOOK  STATE      STORES
…
20261127-121314-k3x9  apply        you@laptop  2026-11-27T12:13:14Z  24s   succeeded  acme, bloom, cargo
…`,
  },
  audit: {
    line: "audit acme", where: "cluster",
    prints: `TIME                  WHO         WHAT             STORE              OUTCOME
2026-11-27T12:13:14Z  you@laptop  operation.start  acme, bloom, cargo  accepted   20261127-121314-k3x9
2026-11-27T12:13:26Z  you@laptop  store.create     acme               succeeded  20261127-121314-k3x9
…`,
  },
  "token create": { line: "token create pipeline --allow operator --expires 30d", where: "cluster", prints: "sf_0123456789ab_2Zk…" },
  "token list": {
    line: "token list", where: "cluster",
    prints: `TOKEN         NAME      MAY                           EXPIRES               MADE BY
0123456789ab  pipeline  read, write, delete, metrics  2026-12-27T12:13:14Z  you@laptop`,
  },
  "token revoke": { line: "token revoke 0123456789ab", where: "cluster", prints: `error: there is no token "0123456789ab"
Those that there are: ./scripts/stores token list` },
  credentials: {
    line: "credentials acme", where: "cluster",
    prints: `name      acme
url       http://store-acme-07cbc0d1.127.0.0.1.nip.io
adminUrl  http://store-acme-07cbc0d1.127.0.0.1.nip.io/wp-admin/
username  admin
password  (24 characters)`,
  },
  "list pull": { line: "list pull", where: "anywhere", prints: "…\nstores:\n  # The name is part of the store's address; another name is another store.\n…" },
  "list push": {
    line: "list push new.yaml", where: "anywhere",
    prints: `error: the list of local is at home in config/stores.local.yaml: edit that
To have it in the cluster: list: cluster in Pulumi.local.yaml, and ./scripts/stores cluster up`,
  },
  domains: {
    line: "domains acme", where: "cluster",
    prints: `HOST                                  LEADS
…`,
  },
  open: { line: "open acme", where: "cluster", prints: "http://store-acme-07cbc0d1.127.0.0.1.nip.io" },
  events: {
    line: "events acme", where: "cluster",
    prints: `AGE    TYPE    OBJECT                            REASON             MESSAGE
…
2m 1s  Normal  Deployment/woocommerce-wordpress  ScalingReplicaSet  Scaled up replica set woocommerce-wordpress-56947d4b48 from 0 to 1
…
2m 0s  Normal  Job/woocommerce-setup-e8fe94b0    Completed          Job completed
…`,
  },
  logs: {
    line: "logs acme mariadb", where: "cluster",
    prints: `==> woocommerce-mariadb-0/mariadb <==
This container is simulated: nothing runs, so nothing is logged.`,
  },
  env: {
    line: "env", where: "cluster",
    prints: `…
export PULUMI_CONFIG_PASSPHRASE_FILE='/home/you/.local/state/storefleet/environments/local/passphrase'
export STOREFLEET_ENV='local'
export KUBECONFIG='/home/you/.local/state/storefleet/clusters/local/kubeconfig'
export STOREFLEET_CONTEXT='storefleet-local'
export HELM_DRIVER='configmap'`,
  },
  "state check": {
    line: "state check", where: "cluster",
    prints: `state of local: file:///home/you/.local/state/storefleet/environments/local/state?metadata=skip (this machine's own)
It can be read and written, and new stacks are encrypted.

STACK        ENCRYPTED BY  HELD BY
local        passphrase    nobody
local.acme   passphrase    nobody
local.bloom  passphrase    nobody
local.cargo  passphrase    nobody`,
  },
  "state rekey": {
    line: "state rekey", where: "anywhere",
    prints: `error: nothing says what the stacks of local are to be encrypted by
Set it in Pulumi.local.yaml, such as: storefleet:state: { secretsProvider: "awskms://alias/NAME?region=…" }`,
  },
  "state unlock": { line: "state unlock", where: "cluster", prints: "Nobody holds a lock there." },
  verify: { line: "verify acme", where: "cluster", prints: `error: nothing can be bought in acme\n${simulation}` },
  backup: { line: "backup acme", where: "cluster", prints: noBackups },
  backups: { line: "backups acme", where: "cluster", prints: noBackups },
  restore: { line: "restore acme --yes", where: "cluster", prints: noBackups },
  exec: { line: "exec acme -- wp plugin list", where: "cluster", prints: `error: nothing runs in the pods of acme\n${simulation}` },
  shell: { line: "shell acme mariadb", where: "cluster", prints: `error: nothing runs in the pods of acme\n${simulation}` },
  images: {
    line: "images", where: "cluster",
    prints: `error: storefleet-woocommerce:663aebbaee00 can not be built from images/woocommerce: neither Docker nor Podman answers
Install and start one: https://docs.docker.com/engine/install or https://podman.io/docs/installation`,
  },
  plan: {
    line: "plan", where: "cluster", edited: ["Bloom Flowers", "Bloom & Co"],
    prints: `STORE  ACTION  WHAT
bloom  update  title "Bloom Flowers" → "Bloom & Co" (Release)
and 2 unchanged

1 of 3 stores would change: ./scripts/stores apply`,
  },
  apply: {
    line: "apply", where: "cluster",
    prints: `STORE  RESULT   TIME
bloom  updated  5.9s  title "Bloom Flowers" → "Bloom & Co"
and 2 unchanged`,
  },
  upgrade: {
    line: "upgrade", where: "cluster",
    prints: `error: local has no waves: whatever changes is applied at once
Give its list a rollout:, or say: ./scripts/stores apply`,
  },
  restart: { line: "restart acme wordpress", where: "cluster", prints: "Restarting woocommerce-wordpress: ./scripts/stores status acme" },
  suspend: {
    line: "suspend bloom", where: "cluster",
    prints: `STORE  RESULT   TIME
bloom  updated  4.1s  suspended false → true`,
  },
  resume: {
    line: "resume bloom", where: "cluster",
    prints: `STORE  RESULT   TIME
bloom  updated  6.0s  suspended true → false`,
  },
  destroy: {
    line: "destroy bloom --yes", where: "cluster",
    prints: `STORE  RESULT   TIME
bloom  deleted  14.4s  nothing left`,
  },
  "cluster down": { line: "cluster down", where: "cluster", prints: "Stopped; its data stays. Start again: ./scripts/stores cluster up" },
  "cluster up": {
    line: "cluster up", where: "cluster",
    prints: `…
cluster local: embedded, as it was made, when neither Docker nor Podman answers
embedded cluster local is ready (Kubernetes v1.36.3, 4.8 s)
environment local: up to date`,
  },
  "cluster reset": { line: "cluster reset --yes", where: "cluster", prints: "Reset. Cluster and state are gone. Start again: ./scripts/stores cluster up" },
};

/** What differs from run to run, and the room between columns that follows from it. */
const changing: [RegExp, string][] = [
  [/\d{4}-\d\d-\d\dT[\d:]+Z/g, "STAMP"],
  [/\b\d{8}-\d{6}-[0-9a-z]{4}\b/g, "OPERATION"],
  [/\S+@\S+/g, "WHO"],
  [/\bsf_\S+/g, "TOKEN"],
  [/^[0-9a-f]{12}\b/gm, "ID"],
  [/(\d+d )?(\d+h )?(\d+m )?\d+(\.\d+)? ?s\b|\d+h \d+m|\d+m\b/g, "TIME"],
  [/\b\d+ MiB/g, "MEMORY"],
  [/(running) +\d+/g, "$1 PID"],
  [/-[0-9a-f]{8,10}(-[0-9a-z]{5})?\b(?!\.)/g, "-HASH"],
  [/:[0-9a-f]{12}\b/g, ":TAG"],
  [/^(password +).*$/gm, "$1PASSWORD"],
  [/ +/g, " "],
];

/** Whether a command printed what its example says, but for times, sizes, process numbers, hashes and passwords. */
export function prints({ prints: wanted }: Example, printed: string): boolean {
  const [wantedLines, lines] = [wanted, printed].map((text) => changing.reduce((rest, [pattern, word]) => rest.replace(pattern, word), text).trim().split("\n").map((line) => line.trimEnd())) as [string[], string[]];
  const pattern = wantedLines.map((line) => (line === "…" ? "(.*\n)*" : `${line.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\n`)).join("");
  return new RegExp(`^${pattern}$`).test(lines.map((line) => `${line}\n`).join(""));
}
