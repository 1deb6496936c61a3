import assert from "node:assert/strict";
import { availableMemory, concurrencyFor, deletionConcurrency, memoryPerStore, tooMany, type MemorySources } from "../../../../scripts/engine/concurrency";
import { forEachLimited } from "../../../../scripts/machine/os/limited";

const never = new AbortController().signal;
const memoryFor = (stores: number) => (stores + 2) * memoryPerStore;

describe("concurrency", () => {
  it("is somewhat more than the cores, as far as memory goes", () => {
    assert.equal(concurrencyFor(undefined, 2, memoryFor(100)), 4);
    assert.equal(concurrencyFor(undefined, 8, memoryFor(100)), 16);
    const short = concurrencyFor(undefined, 8, memoryFor(3));
    assert.ok(short >= 3 && short < 5, `${short}`);
  });

  it("leaves memory to spare", () => {
    assert.equal(concurrencyFor(undefined, 8, 2 * memoryPerStore), 1);
  });

  it("is what was asked for, and told when memory hardly holds it", () => {
    assert.equal(concurrencyFor(7, 2, memoryFor(100)), 7);
    assert.equal(concurrencyFor(1, 8, memoryFor(100)), 1);
    assert.equal(concurrencyFor(6, 8, memoryPerStore / 2), 6);
    assert.equal(deletionConcurrency(1), 1);
    assert.match(tooMany(6, 2 * memoryPerStore)!, /^--concurrency 6 may be too much: 0\.9 GiB of memory are free, and a store takes 450 MiB \(1 would fit\)$/);
    assert.equal(tooMany(6, memoryFor(6)), undefined);
    assert.equal(tooMany(undefined, 0), undefined);
  });

  it("is at least one", () => {
    assert.equal(concurrencyFor(undefined, 1, 0), 1);
    assert.ok(concurrencyFor() >= 1, "on this machine");
    assert.ok(deletionConcurrency() >= concurrencyFor(), "deletions wait more than they work");
  });
});

describe("memory that can be had", () => {
  const gib = 1024 ** 3;
  const files = (contents: Record<string, string>): MemorySources["read"] => (file) => contents[file];
  const meminfo = { "/proc/meminfo": `MemTotal:       33554432 kB\nMemFree:          102400 kB\nMemAvailable:   ${16 * 1024 ** 2} kB\n` };
  const linux = { platform: "linux", total: 32 * gib } as const;

  it("is half of a Mac's, which leaves hardly a page free", () => {
    assert.equal(availableMemory({ platform: "darwin", total: 16 * gib, available: 0.3 * gib, read: files({}) }), 8 * gib);
  });

  it("is the machine's or the container's, whichever is less", () => {
    assert.equal(availableMemory({ ...linux, available: 30 * gib, read: files(meminfo) }), 16 * gib);
    assert.equal(availableMemory({ ...linux, available: 2 * gib, read: files(meminfo) }), 2 * gib);
  });

  it("does not miss what a container's files would give way", () => {
    assert.equal(availableMemory({ ...linux, available: gib, read: files({ ...meminfo, "/sys/fs/cgroup/memory.stat": `anon 5\ninactive_file ${3 * gib}\nactive_file 7\n` }) }), 4 * gib);
  });

  it("is what Node says where the system tells nothing", () => {
    assert.equal(availableMemory({ ...linux, platform: "freebsd", available: 5 * gib, read: files({}) }), 5 * gib);
  });
});

describe("forEachLimited", () => {
  /** Work that ends when told; what began and what was under way at the same time. */
  function workbench() {
    const began: number[] = [];
    const endings = new Map<number, () => void>();
    let most = 0;
    const work = (item: number) => {
      began.push(item);
      most = Math.max(most, endings.size + 1);
      return new Promise<void>((resolve) => endings.set(item, resolve));
    };
    const end = async (item: number) => {
      endings.get(item)!();
      endings.delete(item);
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { began, work, end, most: () => most };
  }

  it("starts in order, no more than the limit at a time, the next when any one ends", async () => {
    const bench = workbench();
    const all = forEachLimited([1, 2, 3, 4, 5], 2, never, bench.work);
    assert.deepEqual(bench.began, [1, 2]);
    await bench.end(2);
    assert.deepEqual(bench.began, [1, 2, 3]);
    for (const item of [3, 1, 4, 5]) await bench.end(item);
    await all;
    assert.deepEqual(bench.began, [1, 2, 3, 4, 5]);
    assert.equal(bench.most(), 2);
  });

  it("starts no further one after an abort, and waits for those under way", async () => {
    const controller = new AbortController();
    const bench = workbench();
    let over = false;
    const all = forEachLimited([1, 2, 3, 4], 2, controller.signal, bench.work).then(() => (over = true));
    controller.abort();
    await bench.end(1);
    assert.equal(over, false);
    await bench.end(2);
    await all;
    assert.deepEqual(bench.began, [1, 2]);
  });

  it("starts nothing after an abort, and nothing of nothing", async () => {
    const bench = workbench();
    await forEachLimited([1], 2, AbortSignal.abort(), bench.work);
    await forEachLimited([], 2, never, bench.work);
    assert.deepEqual(bench.began, []);
  });

  it("rejects when work does", async () => {
    await assert.rejects(forEachLimited([1], 3, never, () => Promise.reject(new Error("no"))), /no/);
  });
});
