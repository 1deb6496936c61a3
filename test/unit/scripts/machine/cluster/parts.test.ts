import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { certificateFile, certificatesAreFresh, keyFile, writeCertificates } from "../../../../../scripts/machine/cluster/embedded/certificates";
import { freePorts, isListening } from "../../../../../scripts/machine/cluster/ports";
import { withLock } from "../../../../../scripts/machine/os/lock";
import { endProcesses, identityOf, isAlive, startDetached, startTold } from "../../../../../scripts/machine/os/process";

let folder: string;

/** Each test of a suite gets an empty folder. */
function inEmptyFolder(): void {
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "storefleet-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

describe("cluster certificates", () => {
  inEmptyFolder();

  const read = (name: string) => new X509Certificate(readFileSync(certificateFile(folder, name)));
  const day = 24 * 3600_000;

  it("are signed by the right authority, name this machine, and last a year", async () => {
    await writeCertificates(folder);
    for (const [name, authority] of [["apiserver", "ca"], ["admin", "ca"], ["scheduler", "ca"], ["kwok", "ca"], ["controller-manager", "ca"], ["etcd", "etcd-ca"]] as const) {
      assert.ok(read(name).verify(read(authority).publicKey), name);
      assert.ok(!read(name).verify(read(authority === "ca" ? "etcd-ca" : "ca").publicKey), name);
      assert.ok(read(name).checkIssued(read(authority)), name);
      const left = Date.parse(read(name).validTo) - Date.now();
      assert.ok(left > 364 * day && left < 366 * day, name);
    }
    const server = read("apiserver");
    assert.ok(server.checkIP("127.0.0.1") && server.checkIP("10.96.0.1") && server.checkHost("localhost") && server.checkHost("kubernetes.default.svc"));
    assert.match(read("admin").subject, /O=system:masters/);
    assert.ok(!/system:masters/.test(read("scheduler").subject));
  });

  it("can be read by nobody else", async () => {
    const inner = join(folder, "pki");
    await writeCertificates(inner);
    assert.equal(statSync(inner).mode & 0o777, 0o700);
    assert.equal(statSync(keyFile(inner, "admin")).mode & 0o777, 0o600);
    assert.equal(statSync(keyFile(inner, "service-account")).mode & 0o777, 0o600);
  });

  it("are fresh until a month before their end; one missing spoils all", async () => {
    assert.ok(!certificatesAreFresh(folder));
    await writeCertificates(folder);
    assert.ok(certificatesAreFresh(folder));
    assert.ok(certificatesAreFresh(folder, Date.now() + 300 * day));
    assert.ok(!certificatesAreFresh(folder, Date.now() + 340 * day));
    rmSync(keyFile(folder, "kwok"));
    assert.ok(!certificatesAreFresh(folder));
  });

  it("change when renewed, but tokens stay valid", async () => {
    await writeCertificates(folder);
    const before = [readFileSync(certificateFile(folder, "admin"), "utf8"), readFileSync(keyFile(folder, "service-account"), "utf8")];
    await writeCertificates(folder);
    assert.notEqual(readFileSync(certificateFile(folder, "admin"), "utf8"), before[0]);
    assert.equal(readFileSync(keyFile(folder, "service-account"), "utf8"), before[1]);
  });
});

describe("cluster ports", () => {
  it("are the wished ones where free, all different, and free", async () => {
    const [first, second] = (await freePorts([undefined, undefined])) as [number, number];
    assert.notEqual(first, second);
    assert.deepEqual(await freePorts([second, first]), [second, first]);
    const same = await freePorts([first, first]);
    assert.equal(same[0], first);
    assert.notEqual(same[1], first);
    assert.equal(await isListening(first), false);
  });

  it("avoid one that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    try {
      assert.equal(await isListening(port), true);
      assert.notEqual((await freePorts([port]))[0], port);
    } finally {
      server.close();
    }
  });
});

describe("cluster processes", () => {
  inEmptyFolder();

  it("are known by number and start, end when told, and leave others alone", async () => {
    const log = join(folder, "sleep.log");
    const one = startDetached(process.execPath, ["-e", "console.log('up'); setInterval(() => {}, 1000)"], log, folder);
    try {
      assert.ok(isAlive(one));
      const impostor = { pid: one.pid, identity: "somebody else's" };
      assert.ok(!isAlive(impostor));
      await endProcesses([impostor], 1000);
      assert.ok(isAlive(one), "a process that is not ours was ended");
      while (!/up/.test(readFileSync(log, "utf8"))) await delay(10);
    } finally {
      await endProcesses([one], 5000);
    }
    assert.ok(!isAlive(one));
  });

  it("are ended by force when they will not listen", async () => {
    const log = join(folder, "deaf.log");
    const one = startDetached(process.execPath, ["-e", "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)"], log, folder);
    while (!/deaf/.test(readFileSync(log, "utf8"))) await delay(10);
    await endProcesses([one], 100);
    assert.ok(!isAlive(one));
  });

  it("get nothing of our environment but what programs need", async () => {
    const log = join(folder, "env.log");
    process.env.STOREFLEET_TEST_SECRET = "hunter2";
    const one = startDetached(process.execPath, ["-e", "console.log(JSON.stringify(Object.keys(process.env)))"], log, folder);
    delete process.env.STOREFLEET_TEST_SECRET;
    while (isAlive(one)) await delay(10);
    assert.deepEqual((JSON.parse(readFileSync(log, "utf8")) as string[]).filter((key) => !["PATH", "HOME", "TMPDIR"].includes(key)), []);
  });

  it("that cannot be started are named", () => {
    assert.throws(() => startDetached(join(folder, "missing"), [], join(folder, "x.log"), folder), /cannot start .*missing/);
  });
});

describe("cluster lock", () => {
  inEmptyFolder();

  it("lets one work at a time and says who is waited for", async () => {
    const file = join(folder, "lock");
    let inside = 0;
    const waits: number[] = [];
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((n) => withLock(file, (pid) => waits.push(pid), async () => {
      assert.equal(++inside, 1);
      await delay(30);
      order.push(n);
      inside--;
    })));
    assert.equal(order.length, 3);
    assert.deepEqual(waits, [process.pid, process.pid]);
    assert.ok(!existsSync(file));
  });

  it("is taken over from the dead, also when their number lives on", async () => {
    const file = join(folder, "lock");
    const dead = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => dead.once("exit", resolve));
    for (const holder of [{ pid: dead.pid, identity: "gone" }, { pid: process.pid, identity: "an earlier life" }]) {
      writeFileSync(file, JSON.stringify(holder));
      assert.equal(await withLock(file, () => assert.fail("waited for the dead"), async () => 7), 7);
    }
    assert.equal(identityOf(dead.pid!), undefined);
  });

  it("knows a process by the same start in every time zone and language, where only ps tells it", () => {
    const { TZ, LC_ALL } = process.env;
    const told = [["UTC", "C"], ["Asia/Tokyo", "de_DE.UTF-8"]].map(([zone, language]) => {
      Object.assign(process.env, { TZ: zone, LC_ALL: language });
      return startTold(process.pid);
    });
    for (const [name, value] of Object.entries({ TZ, LC_ALL })) value === undefined ? delete process.env[name] : (process.env[name] = value);
    assert.match(told[0]!, /^\w{3} \w{3} \d+ [\d:]{8} \d{4}$/);
    assert.equal(told[1], told[0]);
  });

  it("is given back after a failure", async () => {
    const file = join(folder, "lock");
    await assert.rejects(withLock(file, () => {}, async () => Promise.reject(new Error("no"))), /no/);
    assert.equal(await withLock(file, () => assert.fail("still held"), async () => 1), 1);
  });
});
