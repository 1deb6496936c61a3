import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { UserError } from "../../../../../config/errors";
import { clusterDown, clusterReset, clusterUp } from "../../../../../scripts/machine/cluster";
import { chooseCluster } from "../../../../../scripts/machine/cluster/choose";
import { forgetRecord, readRecord, writeRecord } from "../../../../../scripts/machine/cluster/cluster-record";
import { bindsLowPorts } from "../../../../../scripts/machine/cluster/container-engine";
import { copyFile, isLocalContext, refuseUnlessLocal, renewContext } from "../../../../../scripts/machine/cluster/context";
import type { Run } from "../../../../../scripts/machine/os/run";
import { useCacheFolder } from "../../../helpers/cache-folder";
import { keepEnvironment } from "../../../helpers/keep-environment";

interface Reply {
  code: number;
  stdout?: string;
  stderr?: string;
}

/** A machine on which only these commands work, each saying what is given; every call is noted. */
function machine(answers: Record<string, string | Reply | (() => Reply)>) {
  const calls: string[] = [];
  const run: Run = async (command, args) => {
    const line = [command, ...args].join(" ");
    calls.push(line);
    const [key] = Object.keys(answers).filter((start) => line === start || line.startsWith(`${start} `)).sort((a, b) => b.length - a.length);
    const known = key === undefined ? { code: 127 } : answers[key]!;
    const answer = typeof known === "function" ? known() : known;
    return { stdout: "", stderr: "", ...(typeof answer === "string" ? { code: 0, stdout: answer } : answer) };
  };
  return { run, calls };
}

const localDocker = { "docker context inspect": "unix:///var/run/docker.sock\n", "docker info": "28.1.0\n" };

describe("choosing a cluster", () => {
  const noKind = () => Promise.reject(new UserError("Missing: kind 0.33.0. Not on PATH"));
  const choose = (answers: Parameters<typeof machine>[0], env = {}, fetchKind: () => Promise<unknown> = noKind) => chooseCluster(machine(answers).run, { variables: env, fetchKind });

  it("takes kind where Docker answers", async () => {
    assert.deepEqual(await choose({ ...localDocker, "kind version": "kind v0.30.0", "k3d version": "k3d" }), {
      kind: "kind", engine: "docker", why: "Docker answers and kind is there",
    });
  });

  it("takes k3d where Docker answers and kind is missing", async () => {
    assert.deepEqual(await choose({ ...localDocker, "k3d version": "k3d" }), { kind: "k3d", engine: "docker", why: "Docker answers and k3d is there" });
  });

  it("takes kind with Podman, never k3d", async () => {
    const podman = { "podman info": "5.4.0\n" };
    assert.deepEqual(await choose({ ...podman, "kind version": "kind" }), { kind: "kind", engine: "podman", why: "Podman answers and kind is there" });
    assert.deepEqual(await choose({ ...podman, "k3d version": "k3d" }), { kind: "embedded", why: "Podman answers, but kind is not on the PATH, and it can not be had: Missing: kind 0.33.0. Not on PATH" });
  });

  it("takes the embedded one and says why", async () => {
    assert.equal((await choose({})).why, "neither Docker nor Podman answers");
    assert.equal((await choose(localDocker)).why, "Docker answers, but neither kind nor k3d is on the PATH, and it can not be had: Missing: kind 0.33.0. Not on PATH");
    for (const choice of [await choose({}), await choose(localDocker)]) assert.equal(choice.kind, "embedded");
  });

  it("gets kind where an engine answers and nothing is there to use it, and only there", async () => {
    let fetched = 0;
    const fetchKind = async () => void fetched++;
    assert.deepEqual(await choose(localDocker, {}, fetchKind), { kind: "kind", engine: "docker", why: "Docker answers; kind is this project's own, since neither kind nor k3d is on the PATH", fetched: true });
    assert.deepEqual([(await choose({ "podman info": "5.4.0" }, {}, fetchKind)).engine, fetched], ["podman", 2]);
    for (const answers of [{}, { ...localDocker, "k3d version": "k3d" }, { ...localDocker, "kind version": "kind" }]) await choose(answers, {}, fetchKind);
    assert.equal(fetched, 2);
  });

  it("waits for an engine that is slow to start, says so once, and not for ever", async () => {
    const slow = (looks: number) => {
      let asked = 0;
      return machine({ ...localDocker, "docker info": () => (++asked > looks ? { code: 0, stdout: "28.1.0" } : { code: 124 }), "kind version": "kind" });
    };
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    assert.equal((await chooseCluster(slow(3).run, { variables: {}, log })).kind, "kind");
    assert.deepEqual(lines, ["Docker does not answer yet: waiting for it, up to 120 s in all"]);
    const never = slow(1000);
    assert.deepEqual(await chooseCluster(never.run, { variables: {}, log }), { kind: "embedded", why: "Docker did not answer within 120 s" });
    assert.equal(never.calls.filter((call) => call.startsWith("docker info")).length, 6);
  });

  it("does not take a Docker client without an engine for an engine", async () => {
    for (const info of [{ code: 1, stderr: "Cannot connect to the Docker daemon" }, { code: 0, stdout: "\n" }]) {
      const choice = await choose({ "docker context inspect": "unix:///var/run/docker.sock", "docker info": info, "kind version": "kind" });
      assert.deepEqual(choice, { kind: "embedded", why: "neither Docker nor Podman answers" });
    }
  });

  it("tells an engine that took too long from none", async () => {
    assert.deepEqual(await choose({ "docker info": { code: 124 }, "kind version": "kind" }), { kind: "embedded", why: "Docker did not answer within 20 s" });
    assert.equal((await choose({ "podman info": { code: 124 } })).why, "Podman did not answer within 20 s");
    assert.equal((await choose({ "docker info": { code: 124 }, "podman info": "5.4.0", "kind version": "kind" })).kind, "kind");
  });

  it("leaves a Docker engine on another machine alone", async () => {
    const tools = { "docker info": "28.1.0", "kind version": "kind" };
    const remote = await choose({ ...tools, "docker context inspect": "ssh://root@build.example.com\n" });
    assert.deepEqual(remote, { kind: "embedded", why: "the Docker engine at ssh://root@build.example.com is not on this machine" });
    assert.equal((await choose(tools, { DOCKER_HOST: "tcp://10.1.2.3:2375" })).kind, "embedded");
    assert.equal((await choose(tools, { DOCKER_HOST: "tcp://127.0.0.1:2375" })).kind, "kind");
  });

  it("knows who binds low ports: Docker's own service, but nothing that runs as its user", async () => {
    const security = (answer: string | Reply) => machine({ "docker info --format {{.SecurityOptions}}": answer }).run;
    assert.equal(await bindsLowPorts("docker", security("[name=seccomp,profile=builtin name=cgroupns]")), true);
    assert.equal(await bindsLowPorts("docker", security("[name=seccomp,profile=builtin name=rootless name=cgroupns]")), false);
    assert.equal(await bindsLowPorts("docker", security({ code: 124 })), false);
    assert.equal(await bindsLowPorts("podman", security("[]")), false);
  });

  it("never asks kubectl for its current context", async () => {
    const { run, calls } = machine({ ...localDocker, "kind version": "kind", kubectl: "production" });
    await chooseCluster(run, { variables: {} });
    assert.deepEqual(calls.filter((call) => call.includes("kubectl")), []);
  });
});

describe("telling local contexts", () => {
  it("by a server on loopback, whatever the name", () => {
    for (const server of ["https://127.0.0.1:6443", "https://127.9.9.9", "https://localhost:8443", "https://[::1]:6443", "https://0.0.0.0:6550"]) {
      assert.ok(isLocalContext("anything", server), server);
    }
  });

  it("by the names of local clusters with a private address", () => {
    assert.ok(isLocalContext("minikube", "https://192.168.49.2:8443"));
    assert.ok(isLocalContext("docker-desktop", "https://kubernetes.docker.internal:6443"));
    assert.ok(!isLocalContext("minikube", "https://34.90.1.2:443"));
  });

  it("refuses all others, and says how to name one", () => {
    for (const server of ["https://10.0.0.5:6443", "https://eks.amazonaws.com", "https://127.0.0.1.example.com", "not a url"]) {
      assert.throws(() => refuseUnlessLocal("prod-x", server), (error: Error) => error instanceof UserError && /prod-x/.test(error.message) && /--context prod-x/.test(error.hint ?? ""));
    }
  });
});

describe("a named context, kind and k3d", () => {
  keepEnvironment();
  const folder = useCacheFolder();

  const kubeconfig = (server: string) => [
    `clusters: [{name: x, cluster: {server: "${server}"}}, {name: y, cluster: {server: "https://other.example.com"}}]`,
    "users: [{name: u, user: {token: first}}]",
    "contexts: [{name: prod-x, context: {cluster: x, user: u}}, {name: minikube, context: {cluster: x, user: u}}, {name: other, context: {cluster: y, user: u}}]",
    "current-context: other",
  ].join("\n");
  /** A kubeconfig whose contexts lead to this server, which answers. */
  const contexts = (server: string): Run => {
    process.env.KUBECONFIG = join(folder(), "config");
    writeFileSync(process.env.KUBECONFIG, kubeconfig(server));
    return machine({ "kubectl --kubeconfig": "v1.36.3" }).run;
  };
  const up = (run: Run, context?: string) => clusterUp({ name: "t", context, log: () => {}, run, kubectl: async () => "kubectl" });

  it("uses a context elsewhere when it is named, through a file with only that context", async () => {
    const cluster = await up(contexts("https://prod.example.com"), "prod-x");
    assert.deepEqual([cluster.kind, cluster.context, cluster.why, cluster.simulated], ["context", "prod-x", "it was named", false]);
    const copy = parse(readFileSync(cluster.kubeconfig, "utf8"));
    assert.deepEqual(copy.clusters, [{ name: "x", cluster: { server: "https://prod.example.com" } }]);
    assert.deepEqual([copy.contexts.length, copy["current-context"]], [1, "prod-x"]);
    assert.equal(statSync(cluster.kubeconfig).mode & 0o777, 0o600);
  });

  it("refuses the same context when it is not named again", async () => {
    const run = contexts("https://prod.example.com");
    await up(run, "prod-x");
    await assert.rejects(up(run), /prod-x points to https:\/\/prod\.example\.com, which is not on this machine/);
    assert.equal(await clusterDown("t", undefined, run), true);
    assert.equal(readRecord("t"), undefined);
  });

  it("brings the copy up to date when the kubeconfig has changed, but follows it to no other server", async () => {
    const { kubeconfig: copy } = await up(contexts("https://prod.example.com"), "prod-x");
    const told = (theirs: string) => {
      writeFileSync(process.env.KUBECONFIG!, theirs);
      assert.equal(renewContext("t", "prod-x", copy), copy);
      const { clusters, users } = parse(readFileSync(copy, "utf8")) as { clusters: { cluster: { server: string } }[]; users: { user: { token: string } }[] };
      return [clusters[0]!.cluster.server, users[0]!.user.token];
    };
    const rotated = kubeconfig("https://prod.example.com").replace("first", "second");
    assert.deepEqual(told(rotated), ["https://prod.example.com", "second"]);
    assert.deepEqual(told(kubeconfig("https://elsewhere.example.com")), ["https://prod.example.com", "second"]);
    assert.deepEqual(told("contexts: []"), ["https://prod.example.com", "second"], "the context is gone");
  });

  it("takes the login of the kubeconfig that is named now, beside that of another shell, and forgets both", async () => {
    const run = contexts("https://prod.example.com");
    const one = process.env.KUBECONFIG!;
    const another = `${one}-of-another-account`;
    writeFileSync(another, kubeconfig("https://prod.example.com").replace("first", "another's"));
    utimesSync(another, new Date(), new Date(Date.now() - 3600_000));
    const { kubeconfig: copy } = await up(run, "prod-x");
    const tokenIn = (file: string) => (parse(readFileSync(file, "utf8")) as { users: { user: { token: string } }[] }).users[0]!.user.token;
    const inShell = (KUBECONFIG: string) => {
      process.env.KUBECONFIG = KUBECONFIG;
      return renewContext("t", "prod-x", copy);
    };
    const theirs = inShell(another);
    assert.deepEqual([tokenIn(theirs), tokenIn(copy), statSync(theirs).mode & 0o777], ["another's", "first", 0o600]);
    assert.equal(inShell(one), copy);
    assert.deepEqual([inShell(copy), inShell(theirs)], [copy, theirs], "in a shell of stores env");
    assert.equal(inShell(`${one}-gone`), copy);
    assert.equal(await clusterDown("t", undefined, run), true);
    assert.deepEqual([existsSync(copy), existsSync(theirs)], [false, false]);
  });

  it("asks before a context takes the place of what there is, and keeps nothing of one that is refused", async () => {
    await up(contexts("https://prod.example.com"), "prod-x");
    const accept = async (kubeconfig: string, context: string) => {
      assert.ok(existsSync(kubeconfig));
      throw new UserError(`not ${context}`);
    };
    const run = contexts("https://127.0.0.1:6443");
    await assert.rejects(clusterUp({ name: "t", context: "minikube", accept, log: () => {}, run, kubectl: async () => "kubectl" }), /not minikube/);
    assert.equal(readRecord("t")?.context, "prod-x");
    assert.equal(existsSync(copyFile("t", "minikube")), false);
    assert.ok(existsSync(readRecord("t")!.kubeconfig));
  });

  it("takes a context on this machine again without its name", async () => {
    const run = contexts("https://127.0.0.1:8443");
    await up(run, "minikube");
    assert.equal((await up(run)).context, "minikube");
  });

  it("names the known contexts when there is none of that name", async () => {
    await assert.rejects(up(contexts("https://x"), "typo"), (error: UserError) => /no context typo/.test(error.message) && error.hint === "Known: prod-x, minikube, other.");
  });

  /** Docker and kind with a node that keeps the ports it was created with. */
  function kindMachine(options: { failing?: boolean } = {}) {
    let node: Record<string, { HostPort: string }[]> | undefined;
    let asked = 0;
    const { run: base, calls } = machine({
      ...localDocker, "docker info --format {{.SecurityOptions}}": "[name=seccomp,profile=builtin]",
      "kind version": "kind", "kind get kubeconfig": kubeconfig("https://127.0.0.1:41000"), "docker stop": "", "docker start": "", "kind delete": "",
      "docker exec": () => ({ code: ++asked < 2 ? 1 : 0 }),
      "kind get clusters": () => ({ code: 0, stdout: node ? "other\nstorefleet-t\n" : "other\n" }),
      "docker inspect": () => (node ? { code: 0, stdout: JSON.stringify(node) } : { code: 1 }),
      "kind create": () => {
        if (options.failing) return { code: 1, stderr: "ERROR: failed to create cluster" };
        const { nodes } = parse(readFileSync(join(folder(), "clusters/t/kind.yaml"), "utf8")) as { nodes: { extraPortMappings: { containerPort: number; hostPort: number }[] }[] };
        node = Object.fromEntries(nodes[0]!.extraPortMappings.map(({ containerPort, hostPort }) => [`${containerPort}/tcp`, [{ HostPort: String(hostPort) }]]));
        return { code: 0 };
      },
    });
    return { run: base, calls, options, asked: () => asked, changed: () => calls.filter((call) => /^\w+ (create|start|stop|delete)/.test(call)).map((call) => call.split(" ").slice(0, 3).join(" ")) };
  }

  it("creates a kind cluster with the ports of the repo's config, stops and deletes it", async () => {
    const { run, changed, asked } = kindMachine();
    const cluster = await up(run);
    assert.deepEqual([cluster.kind, cluster.context], ["kind", "kind-storefleet-t"]);
    const written = parse(readFileSync(join(folder(), "clusters/t/kind.yaml"), "utf8"));
    assert.deepEqual(
      written.nodes[0].extraPortMappings.map(({ hostPort, listenAddress }: Record<string, unknown>) => [hostPort, listenAddress]),
      [[cluster.ingressPorts?.http, "127.0.0.1"], [cluster.ingressPorts?.https, "127.0.0.1"]],
    );
    await clusterDown("t", undefined, run);
    await up(run);
    await clusterReset("t", undefined, run);
    assert.deepEqual(changed(), [
      "kind create cluster", "docker stop storefleet-t-control-plane", "docker start storefleet-t-control-plane", "kind delete cluster",
    ]);
    assert.equal(asked(), 2, "has to wait until the API server answers");
    assert.equal(readRecord("t"), undefined);
  });

  it("keeps the ports of a cluster that is there, also when the record is lost", async () => {
    const { run } = kindMachine();
    const { ingressPorts } = await up(run);
    forgetRecord("t");
    assert.deepEqual((await up(run)).ingressPorts, ingressPorts);
  });

  it("holds on to no kind and no ports of a cluster that could not be created", async () => {
    const there = kindMachine({ failing: true });
    await assert.rejects(up(there.run), /kind cluster create failed: ERROR: failed to create cluster/);
    assert.equal(readRecord("t"), undefined);
    there.options.failing = false;
    assert.equal((await up(there.run)).kind, "kind");
  });

  it("chooses anew where an embedded cluster never came to work, and keeps one that did", async () => {
    const before = { kind: "embedded", why: "Docker did not answer within 20 s", context: "storefleet-t", kubeconfig: "none" } as const;
    writeRecord("t", before);
    assert.equal((await up(kindMachine().run)).kind, "kind");
    writeRecord("t", { ...before, version: "v1.36.3" });
    const lines: string[] = [];
    const binaries = () => Promise.reject(new Error("far enough"));
    await assert.rejects(clusterUp({ name: "t", log: (line) => lines.push(line), run: kindMachine().run, binaries }), /far enough/);
    assert.deepEqual(lines, [
      "cluster t: embedded, as it was made, when Docker did not answer within 20 s",
      "Docker answers now. For shops that serve pages, give up this cluster with its stores: ./scripts/stores cluster reset && ./scripts/stores cluster up && ./scripts/stores apply",
    ]);
    lines.length = 0;
    await assert.rejects(clusterUp({ name: "t", log: (line) => lines.push(line), run: machine({}).run, binaries }), /far enough/);
    assert.equal(lines.length, 1, "nothing new to say");
  });

  it("falls back to the embedded one where kind, which nobody installed, can not make a cluster", async () => {
    const lines: string[] = [];
    const { run } = kindMachine({ failing: true });
    const bare: Run = async (command, args, options) => (command === "k3d" || (command === "kind" && args[0] === "version") ? { code: 127, stdout: "", stderr: "" } : run(command, args, options));
    const up = clusterUp({ name: "t", log: (line) => lines.push(line), run: bare, fetchKind: async () => {}, binaries: () => Promise.reject(new Error("the embedded one")) });
    await assert.rejects(up, /the embedded one/);
    assert.match(lines.at(-1)!, /^cluster t: embedded, because kind cluster create failed: ERROR: failed to create cluster/);
    assert.equal(readRecord("t"), undefined);
  });

  it("does so the next time as well, when that kind is in the cache", async () => {
    // Real programs, found where the project's own tools and its user's are.
    const program = (file: string, body: string) => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    };
    program(join(folder(), "bin/docker"), 'case "$1 $2" in "info --format") echo 28.1.0 ;; "context inspect") echo unix:///var/run/docker.sock ;; *) exit 1 ;; esac');
    program(join(folder(), "tools/kind-0.33.0/kind"), 'case "$1" in version) echo kind v0.33.0 ;; get) ;; *) echo "no cgroups" >&2; exit 1 ;; esac');
    Object.assign(process.env, { PATH: `${join(folder(), "bin")}:/usr/bin:/bin`, STOREFLEET_TOOLS: join(folder(), "tools") });
    const up = clusterUp({ name: "t", log: () => {}, binaries: () => Promise.reject(new Error("the embedded one")) });
    await assert.rejects(up, /the embedded one/);
  });

  it("gets kind again for a cluster that was made with it", async () => {
    const { run } = kindMachine();
    await up(run);
    let fetched = 0;
    const without: Run = async (command, args, options) => (command === "kind" && !fetched ? { code: 127, stdout: "", stderr: "" } : run(command, args, options));
    assert.equal((await clusterUp({ name: "t", log: () => {}, run: without, fetchKind: async () => void fetched++ })).kind, "kind");
    assert.equal(fetched, 1);
  });

  it("gets kind again for a reset of the cluster that was made with it", async () => {
    const { run, changed } = kindMachine();
    await up(run);
    let fetched = 0;
    const without: Run = async (command, args, options) => (command === "kind" && !fetched ? { code: 127, stdout: "", stderr: "" } : run(command, args, options));
    await clusterReset("t", undefined, without, async () => void fetched++);
    assert.deepEqual([fetched, changed().at(-1), readRecord("t")], [1, "kind delete cluster", undefined]);
  });

  it("refuses a name that cannot name a cluster", async () => {
    for (const name of ["", "A", "../x", "1st", "a".repeat(40)]) await assert.rejects(clusterUp({ name, log: () => {} }), UserError);
  });
});
