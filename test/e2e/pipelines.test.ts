import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../config/root";
import { Kube } from "../../kube";
import { clusterReset, clusterUp } from "../../scripts/machine/cluster";
import { StubForge } from "../unit/helpers/stub-forge";
import { Fleet } from "./helpers/fleet";
import { runWorkflow, type JobResult, type Occasion } from "./helpers/github-workflow";
import { runPipeline } from "./helpers/gitlab-pipeline";
import type { Place } from "./helpers/pipeline-shell";

const hostile = "`</details> @everyone | $(touch /tmp/pwned) ${{ secrets.PROD_KUBECONFIG }} [x](http://evil.example)";

/** `stores: …` of prod; the first one's title as it is said. */
const list = (title: string, ...more: string[]) => `stores:\n  - ${JSON.stringify({ name: "acme", engine: "woocommerce", title })}\n${more.map((name) => `  - { name: ${name}, engine: woocommerce }\n`).join("")}`;

describe("pipelines", function () {
  this.timeout(180_000);
  const fleet = new Fleet();
  const cluster = "pipelines";
  const [origin, author] = [join(fleet.folder, "origin.git"), join(fleet.folder, "author")];
  const passphrase = "only for this test";
  let kubeconfig: string;
  let kube: Kube;
  let place: Place;
  let github: StubForge;
  let gitlab: StubForge;

  const git = (at: string, ...args: string[]) => execFileSync("git", ["-C", at, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

  /** Commits prod's list on a branch, and returns the commit. */
  function commit(branch: string, content: string): string {
    git(author, "checkout", "--quiet", "-B", branch, "origin/main");
    writeFileSync(join(author, "config/stores.prod.yaml"), content);
    git(author, "commit", "--quiet", "--allow-empty", "-am", "the list");
    git(author, "push", "--quiet", "--force", "origin", branch);
    git(author, "fetch", "--quiet", "origin");
    return git(author, "rev-parse", "HEAD");
  }

  const pullRequest = (repository = "acme/shops") => ({ pull_request: { number: 7, head: { sha: "a".repeat(40), repo: { full_name: repository } }, labels: [{ name: "local" }] } });

  function workflow(name: string, occasion: Partial<Occasion>): Promise<Record<string, JobResult>> {
    const { GITHUB_TOKEN: token, ...variables } = github.variables("");
    const secrets = { PROD_KUBECONFIG: readFileSync(kubeconfig, "utf8"), PULUMI_CONFIG_PASSPHRASE: passphrase };
    return runWorkflow(join(fleet.project, ".github/workflows", `${name}.yml`), place, { event: "push", ref: "main", vars: { STOREFLEET_PROD: "yes" }, secrets: { "prod-plan": secrets, prod: secrets }, variables, token, ...occasion });
  }

  function pipeline(source: string, more: { ref?: string; started?: string[] } = {}) {
    const { GITLAB_CI: _, CI_MERGE_REQUEST_IID, ...common } = gitlab.variables("");
    const ofMergeRequest = { CI_MERGE_REQUEST_IID: CI_MERGE_REQUEST_IID!, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: common.CI_PROJECT_ID! };
    const variables = { ...common, ...(source === "merge_request_event" ? ofMergeRequest : { CI_COMMIT_BRANCH: "main" }), CI_PIPELINE_SOURCE: source, CI_DEFAULT_BRANCH: "main", STOREFLEET_PROD: "yes" };
    const secrets = { KUBECONFIG: kubeconfig, PULUMI_CONFIG_PASSPHRASE: passphrase };
    return runPipeline(join(fleet.project, ".gitlab-ci.yml"), place, { ref: "main", variables, secrets: { "prod-plan": secrets, prod: secrets }, ...more });
  }

  const told = (job: JobResult | undefined) => job!.steps.map(({ command, code, text }) => `${code} ${command}\n${text}`).join("\n");
  const succeeded = (job: JobResult | undefined) => assert.equal(job!.result, "success", told(job));
  const namespaces = async () => (await kube.list("/api/v1/namespaces", { labels: "storefleet.dev/env=prod,storefleet.dev/store" })).map(({ metadata }) => metadata.labels!["storefleet.dev/store"]).sort();

  before(async () => {
    [github, gitlab] = await Promise.all([StubForge.start("github"), StubForge.start("gitlab")]);
    cpSync(join(projectRoot, "ci"), join(fleet.project, "ci"), { recursive: true });
    cpSync(join(projectRoot, ".gitignore"), join(fleet.project, ".gitignore"));
    for (const platform of ["github", "gitlab"]) await fleet.ok("ci", "init", platform);
    fleet.list("{ name: acme, engine: woocommerce }", "{ name: cargo, engine: medusa }");
    writeFileSync(join(fleet.project, "config/stores.prod.yaml"), list("Acme"));
    cpSync(join(fleet.project, "Pulumi.local.yaml"), join(fleet.project, "Pulumi.prod.yaml"));
    fleet.patch("Pulumi.prod.yaml", "  storefleet:settings:\n", `  storefleet:state:\n    backend: file://${join(fleet.folder, "state")}\n  storefleet:settings:\n    context: storefleet-${cluster}\n`);
    mkdirSync(join(fleet.folder, "state"));
    git(fleet.folder, "init", "--quiet", "--bare", "--initial-branch=main", origin);
    git(fleet.project, "init", "--quiet", "--initial-branch=main");
    appendFileSync(join(fleet.project, ".git/info/exclude"), "node_modules\n");
    git(fleet.project, "add", "--all");
    git(fleet.project, "commit", "--quiet", "-m", "the project");
    git(fleet.project, "remote", "add", "origin", `file://${origin}`);
    git(fleet.project, "push", "--quiet", "origin", "main");
    git(fleet.folder, "clone", "--quiet", `file://${origin}`, author);
    const environment = Object.fromEntries(Object.entries(fleet.environment).filter(([name]) => !/^(GITHUB|GITLAB|CI)(_|$)/.test(name)));
    place = {
      workspace: fleet.project, folder: fleet.folder, environment,
      standIns: {
        // The packages are this checkout's own, and these tests are what runs here.
        "npm ci --no-audit --no-fund": "[ -e node_modules ]",
        "npm test": "true",
        // Nothing can be bought in simulated shops; that is what is said, and nothing else.
        ...Object.fromEntries(["acme", "cargo"].map((name) => [`./scripts/stores verify ${name}`, `code=0; ./scripts/stores verify ${name} || code=$?; [ "$code" = 3 ]`])),
      },
    };
  });

  after(async () => {
    await clusterReset(cluster);
    await fleet.remove();
    github.close();
    gitlab.close();
  });

  describe("without prod", () => {
    it("check the lists at each push", async () => {
      kubeconfig = "/dev/null";
      const { lists, tests } = await workflow("checks", {});
      assert.deepEqual([lists!.result, tests!.steps.map(({ command }) => command)], ["success", ["npm test"]], told(lists));
      assert.match(told(lists), /stores\.local\.yaml: 2 stores, no problems[^]*stores\.prod\.yaml: 1 stores, no problems/);
    });

    it("give a pull request of a fork no secret, and no cluster", async () => {
      commit("fork", list("Acme", "bad/name"));
      const { lists, plan } = await workflow("plan", { event: "pull_request", ref: "fork", payload: pullRequest("somebody/shops") });
      assert.deepEqual([lists!.result, plan!.result], ["failure", "skipped"]);
      assert.match(told(lists), /stores\.prod\.yaml:3:\d+: .*bad\/name/);
      const idle = await workflow("plan", { event: "pull_request", payload: pullRequest(), vars: {} });
      assert.deepEqual(Object.values(idle).map(({ result }) => result), ["skipped", "skipped"], "nothing is set up");
    });

    it("bring up a fleet on a cluster that goes when the job ends, also one that failed", async () => {
      const { local } = await workflow("local", { event: "pull_request", payload: pullRequest() });
      succeeded(local);
      assert.match(told(local), /acme +created[^]*nothing can be bought in acme[^]*nothing can be bought in cargo[^]*cargo +deleted/);
      assert.equal((await fleet.json<{ running: boolean }>("cluster", "status")).running, false);
      place.standIns["npm run quickstart"] = "./scripts/stores validate --file missing.yaml";
      const failed = await workflow("local", { event: "pull_request", payload: pullRequest() });
      assert.deepEqual([failed.local!.result, failed.local!.steps.map(({ command }) => command)], ["failure", ["npm run quickstart", "./scripts/stores cluster reset --yes"]]);
      const unlabelled = await workflow("local", { event: "pull_request", payload: { pull_request: { labels: [] } } });
      assert.equal(unlabelled.local!.result, "skipped");
    });
  });

  describe("with prod", () => {
    before(async function () {
      // A cluster, and the environment's stack twice.
      this.timeout(5 * 60_000);
      kubeconfig = (await clusterUp({ name: cluster, log: () => undefined })).kubeconfig;
      kube = await Kube.open(kubeconfig, `storefleet-${cluster}`);
      const prod = (...args: string[]) => fleet.storesWith({ KUBECONFIG: kubeconfig, PULUMI_CONFIG_PASSPHRASE: passphrase }, ...args, "--env", "prod");
      const up = await prod("cluster", "up");
      assert.equal(up.code, 0, up.stderr);
      assert.match(up.stderr, /could not be tried whether the cluster enforces network policies: pods are simulated here/);
      const walled = await prod("apply");
      assert.equal(walled.code, 3, walled.stderr);
      assert.match(walled.stderr, /could not be tried whether .*; nothing was done\n.*set isolation: trust in Pulumi\.prod\.yaml, then \.\/scripts\/stores cluster up --env prod/);
      fleet.patch("Pulumi.prod.yaml", "  storefleet:settings:\n", "  storefleet:settings:\n    isolation: trust\n");
      const trusting = await prod("cluster", "up");
      assert.equal(trusting.code, 0, trusting.stderr);
    });

    it("tell a pull request what it would change, in one comment that is written anew", async () => {
      commit("change", list("Acme", "bloom"));
      const occasion = { event: "pull_request", ref: "change", payload: pullRequest() } as const;
      succeeded((await workflow("plan", occasion)).plan);
      assert.match(github.notes[0]!.text, /^<!-- storefleet-plan prod -->\n\n### prod: 2 create\n/);
      commit("change", list(hostile));
      const { plan } = await workflow("plan", occasion);
      succeeded(plan);
      assert.equal(github.notes.length, 1);
      assert.match(github.notes[0]!.text, /### prod: 1 create\n[^]*\nCommit aaaaaaaaaaaa, \[the job\]\(https:\/\/git\.example\.com\/acme\/shops\/actions\/runs\/5\)\n$/);
      assert.ok(!told(plan).includes(passphrase) && !told(plan).includes(github.token));
    });

    it("leave no plan of an earlier commit in the comment, and fail where the platform refuses it", async () => {
      const occasion = { event: "pull_request", ref: "change", payload: pullRequest() } as const;
      commit("change", list("Acme", "bad/name"));
      assert.equal((await workflow("plan", occasion)).plan!.result, "failure");
      assert.match(github.notes[0]!.text, /### prod: no plan\n/);
      commit("change", list(hostile));
      github.refusals = [{ status: 403, body: '{"message":"Resource not accessible by integration"}' }];
      const { plan } = await workflow("plan", occasion);
      assert.deepEqual([plan!.result, plan!.steps.map(({ code }) => code)], ["failure", [0, 0, 0, 1]]);
      assert.match(told(plan), /1 of 1 stores would change[^]*error: GitHub answers 403 to GET \S+: Resource not accessible by integration\nThe token must be allowed it: permissions: \{ pull-requests: write/);
    });

    it("apply what was reviewed, and refuse once main has moved on", async () => {
      const first = commit("main", list(hostile));
      const moved = await workflow("apply", { beforeJob: (job) => void (job === "apply" && commit("main", list(hostile, "bloom"))) });
      succeeded(moved.plan);
      assert.match(moved.plan!.summary, /### prod: 1 create\n/);
      assert.equal(moved.apply!.result, "failure");
      assert.match(told(moved.apply), new RegExp(`error: the plan is out of date: it was made at commit ${first.slice(0, 12)}, and this checkout is at [0-9a-f]{12}\nMake a new one: ./scripts/stores plan --out FILE --env prod`));
      assert.deepEqual(await namespaces(), []);

      const { plan, apply } = await workflow("apply", {});
      succeeded(plan);
      succeeded(apply);
      assert.deepEqual(await namespaces(), ["acme", "bloom"]);
    });

    it("delete only where they are started by hand for it", async () => {
      commit("main", list(hostile));
      const merged = await workflow("apply", {});
      assert.deepEqual([merged.plan!.outputs, merged.apply!.result], [{ code: "0" }, "skipped"]);
      const { plan, apply } = await workflow("apply", { event: "workflow_dispatch", inputs: { prune: true } });
      assert.match(plan!.summary, /\*\*Deleted, with all data:\*\* `bloom`/);
      succeeded(apply);
      assert.deepEqual(await namespaces(), ["acme"]);
    });

    it("keep one issue while the fleet is not as main says, in which a hostile title is nothing but text", async () => {
      succeeded((await workflow("drift", { event: "schedule" })).drift);
      assert.equal(github.issues.length, 0);
      commit("main", list("Acme & Sons"));
      assert.equal((await workflow("drift", { event: "schedule" })).drift!.result, "failure");
      assert.match(github.issues[0]!.text, /### prod: 1 update\n[^]*\| acme \| update \| title /);
      assert.doesNotMatch(github.issues[0]!.text, /\| acme .*(@everyone|<\/details>|\]\(http)/);
    });

    it("do the same on GitLab: a note, a plan that is applied by hand, an issue that is closed", async () => {
      const merge = await pipeline("merge_request_event", { ref: "main" });
      assert.deepEqual(Object.entries(merge).map(([name, { code }]) => [name, code]), [["lists", 0], ["plan", 0]], JSON.stringify(merge, null, 2));
      assert.match(gitlab.notes[0]!.text, /^<!-- storefleet-plan prod -->\n\n### prod: 1 update\n/);
      // A line that began with a slash would be an order to GitLab.
      assert.doesNotMatch(gitlab.notes[0]!.text, /^\s*\//m);
      const drift = await pipeline("schedule");
      assert.deepEqual([drift.drift!.code, gitlab.issues.map(({ closed }) => closed)], [2, [undefined]], drift.drift!.text);
      const pushed = await pipeline("push", { started: ["apply prod"] });
      assert.deepEqual(Object.entries(pushed).map(([name, { code }]) => [name, code]), [["lists", 0], ["tests", 0], ["plan prod", 0], ["apply prod", 0]], JSON.stringify(pushed, null, 2));
      assert.match(pushed["apply prod"]!.text, /acme +updated/);
      assert.deepEqual(Object.keys(await pipeline("push")), ["lists", "tests", "plan prod"], "nobody has started it");
      assert.equal((await pipeline("schedule")).drift!.code, 0);
      assert.deepEqual(gitlab.issues.map(({ closed }) => closed), [true]);
    });
  });
});
