import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../../config/root";
import { failure } from "../../../../scripts/operations/answers";
import { stores, type Answer } from "../../helpers/in-process";

/** The command as people call it. */
const asProcess = (args: string[], variables: NodeJS.ProcessEnv, cwd = tmpdir()) =>
  new Promise<Answer>((resolve) =>
    execFile(process.execPath, [join(projectRoot, "scripts", "stores"), ...args], { cwd, env: { ...process.env, ...variables } }, (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err })),
  );

const common = ["--env", "--file", "--json"];
const fleet = [...common, "--context"];
const commands: Record<string, string[]> = {
  plan: [...fleet, "--diff", "--markdown", "--detailed-exitcode", "--out", "--prune", "--no-skip", "--concurrency"],
  apply: [...fleet, "--plan", "--prune", "--max-deletes", "--no-backup", "--yes", "--concurrency", "--no-skip", "--adopt", "--draw-passwords", "--no-wait"],
  upgrade: [...fleet, "--resume", "--abort", "--urgent", "--max-failed", "--include-sick", "--no-wait", "--concurrency"],
  destroy: [...fleet, "--all", "--no-backup", "--yes", "--concurrency"],
  status: [...fleet, "--watch", "--exit-code"],
  drift: [...fleet, "--detailed-exitcode", "--repair", "--yes"],
  metrics: ["--env", "--file", "--context", "--listen"],
  serve: [...fleet, "--listen", "--behind", "--only", "--session-key"],
  verify: fleet,
  backup: [...fleet, "--all", "--concurrency"],
  backups: fleet,
  restore: [...fleet, "--snapshot", "--no-safety", "--yes"],
  operations: [...fleet, "--cancel"],
  "token create": [...fleet, "--allow", "--expires"],
  "token list": fleet,
  "token revoke": fleet,
  audit: [...fleet, "--since", "--verify", "--anchor", "--prune", "--keep", "--export"],
  events: [...fleet, "--watch"],
  logs: [...fleet, "--tail", "--follow", "--previous", "--since", "--timestamps"],
  restart: fleet,
  suspend: [...fleet, "--concurrency"],
  resume: [...fleet, "--concurrency"],
  exec: ["--env", "--file", "--context"],
  shell: ["--env", "--file", "--context"],
  credentials: [...fleet, "--show"],
  open: fleet,
  domains: fleet,
  hosts: [...common, "--address"],
  validate: common,
  "list pull": fleet,
  "list push": [...fleet, "--was"],
  schema: [...common, "--of"],
  rbac: [...common, "--operator", "--control-plane"],
  "export operator": [...common, "--out", "--check", "--allow-destroy"],
  "ci comment": [...common, "--markdown"],
  "ci issue": [...common, "--markdown", "--close"],
  "ci init": ["--json"],
  completion: [],
  "state check": common,
  "state rekey": common,
  "state unlock": [...common, "--yes"],
  env: fleet,
  images: fleet,
  "cluster up": [...common, "--context", "--move"],
  "cluster down": common,
  "cluster status": common,
  "cluster reset": [...common, "--yes"],
};

describe("stores command", function () {
  // Some start processes of their own, on machines that have more to do.
  this.timeout(60_000);
  let folder: string;
  let saved: NodeJS.ProcessEnv;

  before(() => {
    saved = { ...process.env };
    folder = mkdtempSync(join(tmpdir(), "storefleet-cli-"));
    Object.assign(process.env, { STOREFLEET_CACHE: join(folder, "cache"), STOREFLEET_TOOLS: join(folder, "tools") });
    for (const name of ["STOREFLEET_CLUSTER", "STOREFLEET_FILE"]) delete process.env[name];
  });
  after(() => {
    for (const name of ["STOREFLEET_CACHE", "STOREFLEET_TOOLS"]) delete process.env[name];
    Object.assign(process.env, saved);
    rmSync(folder, { recursive: true });
  });

  const list = (content: string) => {
    const file = join(folder, "stores.yaml");
    writeFileSync(file, content);
    return file;
  };

  for (const [command, options] of Object.entries(commands)) {
    it(`${command} has its options`, async () => {
      const { code, out } = await stores(...command.split(" "), "--help");
      assert.equal(code, 0);
      const listed = [...out.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option);
      assert.deepEqual(listed.sort(), [...options, "--help"].sort());
    });
  }

  it("has no other commands", async () => {
    const { out } = await stores("--help");
    const listed = [...out.slice(out.indexOf("Commands:")).matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name).filter((name) => name !== "help");
    assert.deepEqual(listed.sort(), [...new Set(Object.keys(commands).map((command) => command.split(" ")[0]))].sort());
  });

  it("knows its version", async () => {
    const { code, out } = await stores("--version");
    assert.deepEqual([code, out.trim()], [0, (JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { version: string }).version]);
  });

  /** One clear message on standard error, nothing on standard output, exit 3, no stack; with --json the same as a document. */
  async function refuses(args: string[], message: RegExp): Promise<void> {
    const { code, out, err } = await stores(...args);
    assert.match(err, message, args.join(" "));
    assert.equal(code, 3, args.join(" "));
    assert.equal(out, "", args.join(" "));
    const { error } = failure.parse(JSON.parse((await stores(...args, "--json")).out));
    assert.ok(err.startsWith(`error: ${error.message}`), `${args.join(" ")}: ${JSON.stringify(error)} is not ${err}`);
    assert.ok(err.trim().split("\n").length <= 3, `more than a message:\n${err}`);
    assert.doesNotMatch(err, /^ +at |defect/m);
  }

  it("refuses what it does not know", async () => {
    await refuses(["aply"], /^error: unknown command 'aply'\n\(Did you mean apply\?\)/);
    await refuses(["status", "--wach"], /^error: unknown option '--wach'\n\(Did you mean --watch\?\)/);
    await refuses(["cluster", "start"], /^error: unknown command 'start'/);
    await refuses(["status", "--env", "staging"], /^error: there is no environment "staging"\nEnvironments are: local, prod\. Another is made by Pulumi\.<name>\.yaml, with storefleet:settings, and config\/stores\.<name>\.yaml\.\n$/);
    await refuses(["events"], /^error: events of which store\?\n.*events NAME.*events --watch/);
    await refuses(["logs", "acme", "bikes", "more"], /^error: too many arguments/);
    await refuses(["verify", "acme", "bikes"], /^error: too many arguments/);
    await refuses(["validate", "acme"], /^error: too many arguments/);
    await refuses(["apply", "--adopt"], /^error: --adopt needs the names of stores\n/);
    await refuses(["apply", "--draw-passwords"], /^error: --draw-passwords needs the names of stores\n/);
  });

  it("takes what stands behind -- for the command inside, whatever it looks like", async () => {
    for (const args of [["acme"], ["acme", "mariadb", "--"]]) {
      assert.deepEqual(await stores("exec", ...args), { code: 3, out: "", err: "error: say what to run, behind --\nSuch as: ./scripts/stores exec acme -- ls\n" });
    }
    const { code, out, err } = await stores("exec", "acme", "--", "wp", "plugin", "list", "--json", "--wach");
    assert.deepEqual([code, out], [3, ""]);
    assert.match(err, /^error: environment "local" has no running cluster\n/);
    assert.match((await stores("shell", "acme")).err, /^error: environment "local" has no running cluster\n/);
    assert.match((await stores("exec", "acme", "wp", "plugin")).err, /^error: too many arguments/);
  });

  it("refuses numbers that are none", async () => {
    for (const value of ["0", "-1", "two", "1.5", "", "1e3", "99999999"]) await refuses(["apply", `--concurrency=${value}`], /^error: --concurrency is ".*": not a whole number from 1\n$/);
    await refuses(["apply", "--max-deletes=-1"], /^error: --max-deletes is "-1": not a whole number from 0\n$/);
    await refuses(["logs", "acme", "--tail=0"], /^error: --tail is "0"/);
    for (const value of ["", "1.5h", "ten", "-3m", "3w"]) await refuses(["logs", "acme", `--since=${value}`], /^error: --since is ".*": not a time such as 90s, 10m or 2h\n$/);
  });

  it("refuses variables that can not be meant, before anything else", async () => {
    const { HELM_TIMEOUT } = process.env;
    process.env.HELM_TIMEOUT = "abc";
    try {
      for (const args of [["plan"], ["cluster", "up"], ["validate"]]) await refuses(args, /^error: HELM_TIMEOUT is "abc": not a whole number of seconds from 1 to 86400\nMend it, or: unset HELM_TIMEOUT\n$/);
    } finally {
      if (HELM_TIMEOUT === undefined) delete process.env.HELM_TIMEOUT;
      else process.env.HELM_TIMEOUT = HELM_TIMEOUT;
    }
    assert.equal((await asProcess(["status"], { STOREFLEET_CACHE: "cache" })).code, 3);
  });

  it("says when it was the shell that named the list", async () => {
    const { code, err } = await asProcess(["validate"], { STOREFLEET_FILE: join(folder, "missing.yaml") });
    assert.equal(code, 3);
    assert.match(err, /^error: .*missing\.yaml:1:1: there is no such file.*\n(.*\n)?STOREFLEET_FILE names this list; the environment's own again: unset STOREFLEET_FILE\n$/);
  });

  it("says how to get a cluster where there is none", async () => {
    for (const args of [["plan"], ["apply"], ["status"], ["destroy", "acme"], ["env"], ["events", "acme"], ["logs", "acme"], ["restart", "acme"], ["suspend", "acme"], ["resume", "acme"], ["credentials", "acme"], ["open", "acme"], ["verify", "acme"]]) {
      await refuses(args, /^error: environment "local" has no running cluster\nStart or choose one: \.\/scripts\/stores cluster up\n$/);
    }
    await refuses(["status", "--env", "prod"], /cluster up --env prod --context NAME/);
  });

  it("looks at an invalid list before anything else", async () => {
    const file = list("stores:\n  - {name: Acme, engine: woocommerce}\n");
    for (const command of ["plan", "apply"]) await refuses([command, "--file", file], /^error: .*stores\.yaml:2:\d+: stores\[0\]\.name is not a store name/);
    for (const what of ["acme", "--all"]) {
      await refuses(["destroy", what, "--yes", "--file", file], /^error: .*stores\.yaml:2:\d+: stores\[0\]\.name.*\nNothing was destroyed: the list says which stores are protected.*--file LIST\n$/);
    }
    await refuses(["apply", "--file", join(folder, "missing.yaml")], /^error: .*missing\.yaml/);
  });

  it("destroys only what is named in one way, and only what can be a store", async () => {
    await refuses(["destroy"], /^error: say which stores/);
    await refuses(["destroy", "acme", "--all"], /^error: say which stores/);
    for (const name of ["../acme", "Acme", "a.b", "all", "x".repeat(41)]) await refuses(["destroy", name, "--yes"], /^error: ".*" is not a stack of this project/);
  });

  it("only the local environment can be reset, and nothing is deleted unasked", async () => {
    await refuses(["cluster", "reset", "--env", "prod", "--yes"], /^error: only the local environment can be reset/);
    if (!process.stdin.isTTY) await refuses(["cluster", "reset"], /^error: Delete the local cluster.*there is no terminal\nSay --yes to go ahead\.\n$/);
  });

  it("takes a plan where --plan says so and nowhere else, and nothing beside it that says otherwise", async () => {
    await refuses(["apply", "--plan", list("stores: []\n")], /^error: .*stores\.yaml can not be read as a saved plan/);
    // A file of a store's name is no plan.
    const named = await asProcess(["apply", "stores.yaml"], {}, folder);
    assert.match(named.err, /^error: environment "local" has no running cluster/);

    const plan = join(folder, "a.plan");
    const saved = { kind: "storefleet-plan", env: "local", context: "a-context", cluster: "a-uid", file: "/lists/a.yaml", made: new Date().toISOString(), commit: null, dirty: false, list: "", stores: [] };
    writeFileSync(plan, JSON.stringify(saved));
    await refuses(["apply", "--plan", plan, "acme"], /^error: a plan says itself which stores: acme can not be named beside it\n/);
    await refuses(["apply", "--plan", plan, "--env", "prod"], /^error: the plan is for local, not for prod; nothing was done\n/);
    await refuses(["apply", "--plan", plan, "--file", "/lists/b.yaml"], /^error: the plan was made from \/lists\/a\.yaml, not from \/lists\/b\.yaml; nothing was done\n/);
    await refuses(["apply", "--plan", plan, "--adopt"], /^error: --adopt needs the names of stores\n/);
    for (const flag of ["--prune", "--no-skip"]) await refuses(["apply", "--plan", plan, flag], /^error: option '--plan <file>' cannot be used with option/);
    await refuses(["apply", "--plan", plan, "--env", "local", "--file", "/lists/a.yaml"], /^error: \/lists\/a\.yaml/);
    writeFileSync(plan, JSON.stringify({ ...saved, made: "2026-01-01T00:00:00Z" }));
    await refuses(["apply", "--plan", plan], /^error: the plan is out of date: it was made \d+ hours ago, and holds for 72\nMake a new one: \.\/scripts\/stores plan --out FILE --file \/lists\/a\.yaml\n/);
  });

  it("validates a list; as JSON every problem with its place", async () => {
    const good = list("stores:\n  - {name: acme, engine: woocommerce}\n");
    assert.deepEqual(await stores("validate", "--file", good), { code: 0, out: `${good}: 1 stores, no problems\n`, err: "" });
    assert.deepEqual(JSON.parse((await stores("validate", "--json", "--file", good)).out), { valid: true, problems: [], warnings: [] });
    const many = list(`stores:\n${Array.from({ length: 41 }, (_, index) => `  - {name: shop-${index}, engine: medusa}\n`).join("")}`);
    assert.match((await stores("validate", "--env", "prod", "--file", many)).err, /^warning: 41 stores get a certificate each below \.example\.com: .*Let's Encrypt 50\) — set tls\.wildcard: true in Pulumi\.prod\.yaml/);
    assert.equal((await stores("validate", "--file", many)).err, "", "on http there is no such limit");
    assert.match((await stores("validate", "--file", list("stores:\n  - {name: acme, engine: shopify}\n"))).err, /^error: .*stores\.yaml:2:\d+: stores\[0\]\.engine/);
    const bad = await stores("validate", "--json", "--file", list("stores:\n  - {name: acme, engine: shopify}\n"));
    assert.equal(bad.code, 3);
    assert.equal(bad.err, "");
    const { valid, problems } = JSON.parse(bad.out) as { valid: boolean; problems: { line: number; path: unknown[] }[] };
    assert.equal(valid, false);
    assert.deepEqual(problems.map(({ line, path }) => ({ line, path })), [{ line: 2, path: ["stores", 0, "engine"] }]);
  });

  it("prints the list's JSON Schema", async () => {
    const { code, out } = await stores("schema");
    assert.equal(code, 0);
    assert.ok("stores" in (JSON.parse(out) as { properties: object }).properties);
  });

  it("prints the JSON Schema of every command's answer", async () => {
    for (const command of Object.keys(commands).filter((name) => !["schema", "exec", "shell", "completion", "metrics"].includes(name))) {
      const { code, out } = await stores("schema", "--of", command);
      assert.equal(code, 0, command);
      assert.equal((JSON.parse(out) as { title: string }).title, `stores ${command} --json`);
    }
    await refuses(["schema", "--of", "help"], /^error: there is no command "help" with an answer\n/);
  });

  it("tells a caller by code what kind of failure it was, and every problem of a list", async () => {
    const failureOf = async (...args: string[]) => failure.parse(JSON.parse((await stores(...args, "--json")).out)).error;
    assert.equal((await failureOf("status")).code, "no-cluster");
    assert.equal((await failureOf("status", "--env", "staging")).code, "usage");
    assert.equal((await failureOf("aply")).code, "usage");
    const { code, problems } = await failureOf("plan", "--file", list("stores:\n  - {name: Acme, engine: shopify}\n"));
    assert.deepEqual([code, problems?.map(({ path }) => path.at(-1))], ["list-invalid", ["name", "engine"]]);
  });

  it("works from any folder, without escape codes where there is no terminal", async () => {
    const { code, out, err } = await asProcess(["status"], { FORCE_COLOR: undefined, CI: "true" });
    assert.equal(code, 3);
    assert.equal(out, "");
    assert.match(err, /^error: environment "local" has no running cluster\n/);
  });

  it("NO_COLOR goes before everything that asks for colours", async () => {
    const coloured = await asProcess(["status"], { FORCE_COLOR: "1", NO_COLOR: undefined });
    assert.match(coloured.err, /\x1b\[31merror:/);
    assert.match((await asProcess(["status"], { FORCE_COLOR: "1", NO_COLOR: "1" })).err, /^error:/);
  });

  it("a cache folder that can not be written is told, not taken for a defect", async () => {
    const { code, err } = await asProcess(["cluster", "down"], { STOREFLEET_CACHE: join(projectRoot, "package.json") });
    assert.equal(code, 1);
    assert.match(err, /^error: (ENOTDIR|EEXIST).*package\.json.*\n.*STOREFLEET_CACHE names one folder for both\.\n$/);
  });
});
