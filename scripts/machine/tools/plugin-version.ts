import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { versionIn } from "./versions";

const patience = 10_000;

/**
 * The version that a provider plugin reports to the engine. It has no flag for it: started without an engine's
 * address it waits for one to attach, prints its port, and answers `GetPluginInfo`.
 */
export async function askPluginVersion(file: string): Promise<string | undefined> {
  const child = spawn(file, [], { stdio: ["ignore", "pipe", "ignore"] });
  const deadline = setTimeout(() => child.kill("SIGKILL"), patience);
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.on("error", reject).on("exit", () => reject(new Error("it ended")));
      createInterface({ input: child.stdout }).once("line", (line) => resolve(Number(line)));
    });
    return versionIn(await call(port, "/pulumirpc.ResourceProvider/GetPluginInfo"));
  } catch {
    return undefined;
  } finally {
    clearTimeout(deadline);
    child.kill("SIGKILL");
  }
}

/** One call with an empty message; the only field of the answer is a string, after its tag and length. */
async function call(port: number, path: string): Promise<string> {
  const { Client, credentials } = await import("@grpc/grpc-js");
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const asIs = (bytes: Buffer) => bytes;
  const answer = new Promise<Buffer | undefined>((resolve, reject) =>
    client.makeUnaryRequest(path, asIs, asIs, Buffer.alloc(0), { deadline: Date.now() + patience }, (error, bytes) => (error ? reject(error) : resolve(bytes))),
  );
  return answer.then((bytes = Buffer.alloc(0)) => bytes.toString("utf8", 2)).finally(() => client.close());
}
