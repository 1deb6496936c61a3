import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "../../../../config/environment";
import { errorCodes, type ErrorCode } from "../../../../config/errors";
import { environmentReceipt } from "../../../../infra/digest";
import { storesProgram } from "../../../../scripts/cli/main";
import { leavesOf, pathOf } from "../../../../scripts/cli/ui/command-tree";
import { pulumiVersion } from "../../../../scripts/machine/tools/table";
import { writeRecord } from "../../../../scripts/machine/cluster/cluster-record";
import { failure } from "../../../../scripts/operations/answers";
import { stores } from "../../helpers/in-process";
import { keepEnvironment } from "../../helpers/keep-environment";
import { json, StubApi } from "../../helpers/stub-api";

interface Case {
  /** What it takes to be more than a usage error. */
  args?: string[];
  /** What stands behind `--`. */
  inner?: string[];
  /** Whether an invalid list ends it. */
  list?: true;
  /** How it ends where no cluster was ever brought up; null: well, as it needs none. */
  alone: ErrorCode | null;
  /** How it ends where the cluster's API server accepts no request; absent: it asks for nothing. */
  refused?: ErrorCode;
  /** How it ends where the named store is neither listed nor running; absent: it takes no name, or any. */
  unknown?: ErrorCode;
}

const ofStore: Case = { args: ["nobody"], alone: "no-cluster", refused: "cluster-unreachable", unknown: "unknown-store" };

/** A new command needs a line here. */
const cases: Record<string, Case> = {
  plan: { ...ofStore, list: true },
  apply: { ...ofStore, list: true },
  suspend: { ...ofStore, list: true },
  resume: { ...ofStore, list: true },
  upgrade: { ...ofStore, list: true },
  // A stack may be there of a store that nobody knows any more.
  destroy: { args: ["nobody", "--yes"], list: true, alone: "no-cluster", refused: "cluster-unreachable" },
  status: ofStore,
  drift: ofStore,
  metrics: { alone: "no-cluster", refused: "cluster-unreachable" },
  serve: { alone: "no-cluster", refused: "cluster-unreachable" },
  verify: ofStore,
  // Whether the environment keeps backups at all is looked at first.
  backup: { args: ["nobody"], alone: "no-cluster", refused: "cluster-unreachable", unknown: "not-ready" },
  backups: { args: ["nobody"], alone: "no-cluster", refused: "cluster-unreachable", unknown: "not-ready" },
  restore: { args: ["nobody", "--yes"], alone: "no-cluster", refused: "cluster-unreachable", unknown: "not-ready" },
  "token create": { args: ["somebody"], alone: "no-cluster", refused: "cluster-unreachable" },
  "token list": { alone: "no-cluster", refused: "cluster-unreachable" },
  "token revoke": { args: ["0123456789ab"], alone: "no-cluster", refused: "cluster-unreachable" },
  operations: { alone: "no-cluster", refused: "cluster-unreachable" },
  // What is gone is told of as well.
  audit: { args: ["nobody"], alone: "no-cluster", refused: "cluster-unreachable" },
  events: ofStore,
  logs: ofStore,
  restart: ofStore,
  exec: { ...ofStore, inner: ["ls"] },
  shell: ofStore,
  credentials: ofStore,
  open: ofStore,
  domains: ofStore,
  hosts: { list: true, alone: null },
  // Its answer has the problems: below.
  validate: { alone: null },
  schema: { alone: null },
  // Right or wrong.
  "list pull": { alone: null },
  // Its home is a file.
  "list push": { args: ["stores.yaml"], alone: "usage" },
  completion: { args: ["bash"], alone: null },
  rbac: { alone: null },
  // The settings name no image.
  "export operator": { alone: "settings-invalid" },
  env: { alone: "no-cluster" },
  images: { alone: "failed" },
  "ci comment": { args: ["--markdown", "plan.md"], alone: "usage" },
  "ci issue": { args: ["--close"], alone: "usage" },
  "ci init": { args: ["github"], alone: null },
  // By the CLI that stands in here.
  "state check": { alone: "failed" },
  "state unlock": { alone: "failed" },
  // The settings of `local` name no key.
  "state rekey": { alone: "settings-invalid" },
  // The local one would be made.
  "cluster up": { args: ["--env", "prod"], alone: "no-cluster" },
  "cluster down": { alone: null },
  "cluster status": { alone: null },
  "cluster reset": { args: ["--env", "prod", "--yes"], alone: "refused-reset" },
};

const all = leavesOf(storesProgram()).map((command) => ({ path: pathOf(command), has: (option: string) => command.options.some(({ long }) => long === option) }));

/** A failure as people and as machines are told it; no word of it on standard output, or nothing but the document. */
async function failsWith(code: ErrorCode, path: string, args: string[], { inner }: Case, asJson: boolean): Promise<void> {
  const words = [...path.split(" "), ...args];
  const behind = inner ? ["--", ...inner] : [];
  const exit = errorCodes[code].refused ? 3 : 1;
  const told = await stores(...words, ...behind);
  assert.deepEqual([told.code, told.out], [exit, ""], `${words.join(" ")}: ${told.err}`);
  assert.match(told.err, /^error: /m);
  assert.doesNotMatch(told.err, /^defect|^ +at /m);
  if (!asJson) return;
  const answered = await stores(...words, "--json", ...behind);
  const { error } = failure.parse(JSON.parse(answered.out));
  assert.deepEqual([answered.code, error.code], [exit, code], `${words.join(" ")} --json: ${error.message}`);
  assert.ok(answered.err.includes(error.message), `${words.join(" ")}: ${answered.err} does not say ${error.message}`);
}

describe("failures of every command", function () {
  this.timeout(60_000);
  keepEnvironment();
  let folder: string;
  let api: StubApi;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-failures-"));
    for (const name of ["pulumi", "pulumi-language-nodejs"]) writeFileSync(join(folder, name), `#!/bin/sh\n[ "$1" = version ] && echo v${pulumiVersion} && exit\necho "error: out of order" >&2\nexit 255\n`, { mode: 0o755 });
    api = await StubApi.start();
  });
  after(() => {
    api.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (/^(STOREFLEET_|PULUMI_|GITHUB_|GITLAB_|DOCKER_HOST$)/.test(name)) delete process.env[name];
    // No program of this machine has a part in this.
    Object.assign(process.env, { STOREFLEET_CACHE: join(folder, "cache"), STOREFLEET_TOOLS: join(folder, "tools"), PATH: folder });
    rmSync(join(folder, "cache"), { recursive: true, force: true });
  });

  /** `local` is on the stub. */
  async function onStub(answer: StubApi["answer"]): Promise<void> {
    await api.open();
    api.answer = answer;
    writeRecord("local", { kind: "kind", why: "a test says so", context: "here", kubeconfig: api.kubeconfig });
  }

  it("are known for each of them", () => {
    assert.deepEqual(all.map(({ path }) => path).sort(), Object.keys(cases).sort());
  });

  for (const { path, has } of all) {
    const known = cases[path] ?? { alone: null };
    const { args = [], list, alone, refused, unknown } = known;
    const fails = (code: ErrorCode, ...more: string[]) => failsWith(code, path, [...args, ...more], known, has("--json"));

    it(`${path}: what can not be meant, an invalid list, no cluster`, async () => {
      await fails("usage", "--nonsense");
      if (has("--env")) await fails("usage", "--env", "staging");
      const bad = join(folder, "bad.yaml");
      writeFileSync(bad, "stores:\n  - {name: Acme, engine: shopify}\n");
      if (list) await fails("list-invalid", "--file", bad);
      if (alone !== null) return fails(alone);
      const ended = await stores(...path.split(" "), ...args);
      assert.deepEqual([ended.code, ended.err], [0, ""]);
    });

    if (refused !== undefined) {
      it(`${path}: a cluster that is gone, or lets nobody in`, async () => {
        await onStub(({ url }, response) => (url.pathname === "/readyz" ? void response.end("ok") : json(response, { message: "who are you?" }, 401)));
        await fails(refused);
        api.answer = (_, response) => void response.destroy();
        const { kubeconfig } = api;
        writeFileSync(kubeconfig, JSON.stringify({ ...(JSON.parse(readFileSync(kubeconfig, "utf8")) as object), clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:9" } }] }));
        await fails("no-cluster");
      });
    }

    if (unknown !== undefined) {
      it(`${path}: a store that nobody knows`, async () => {
        const settings = JSON.stringify(readSettings("local"));
        const { namespace, name } = environmentReceipt;
        await onStub(({ url: { pathname } }, response) => {
          if (pathname === "/readyz") response.end("ok");
          else if (pathname === `/api/v1/namespaces/${namespace}/configmaps/${name}`) json(response, { metadata: { name }, data: { environment: "local", settings } });
          else if (/\/(storefleet-system|kube-system)$/.test(pathname)) json(response, { metadata: { name: pathname.split("/").at(-1), uid: "a-uid" } });
          else json(response, { metadata: {}, items: [] });
        });
        await fails(unknown);
      });
    }
  }

  it("validate answers with the problems, and ends as a refusal", async () => {
    const bad = join(folder, "bad.yaml");
    writeFileSync(bad, "stores:\n  - {name: Acme, engine: shopify}\n");
    const told = await stores("validate", "--file", bad);
    assert.deepEqual([told.code, told.out], [3, ""]);
    const answered = await stores("validate", "--file", bad, "--json");
    assert.deepEqual([answered.code, (JSON.parse(answered.out) as { valid: boolean }).valid], [3, false]);
  });
});
