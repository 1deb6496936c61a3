import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { projectRoot } from "../../../config/root";

const plugin = (name: string) => join(projectRoot, "dist/test/plugins", name, "main.js");

/** The first line that a process prints. */
async function firstLine({ stdout }: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of stdout!) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return text.trim();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("stand-in plugins as processes", function () {
  this.timeout(20_000);

  for (const name of ["kubernetes", "random"]) {
    it(`${name} prints its port, answers with the npm package's version and ends when told to`, async () => {
      const child = spawn(process.execPath, [plugin(name), "127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
      const client = new ResourceProviderClient(`127.0.0.1:${await firstLine(child)}`, grpc.credentials.createInsecure());
      const { version } = JSON.parse(readFileSync(join(projectRoot, "node_modules/@pulumi", name, "package.json"), "utf8")) as { version: string };
      const answer = await new Promise<string>((resolve, reject) => {
        client.getPluginInfo(new Empty(), (error: Error | null, info: { getVersion(): string }) => (error ? reject(error) : resolve(info.getVersion())));
      });
      client.close();
      assert.equal(answer, version);
      child.kill("SIGINT");
      assert.deepEqual(await once(child, "exit"), [0, null]);
    });
  }

  it("end when what started them is gone", async () => {
    const starter = `
      const child = require("child_process").spawn(process.execPath, [${JSON.stringify(plugin("random"))}, "127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
      child.stdout.once("data", () => console.log(child.pid));
    `;
    const parent = spawn(process.execPath, ["-e", starter], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = Number(await firstLine(parent));
    assert.ok(isAlive(pid));
    parent.kill("SIGKILL");
    const end = Date.now() + 10_000;
    while (isAlive(pid) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(!isAlive(pid), "the plugin outlived its parent");
  });
});
