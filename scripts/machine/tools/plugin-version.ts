import { spawn } from "node:child_process";
import { connect } from "node:http2";
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

/** One gRPC call with an empty message; the only field of the answer is a string, so its bytes do as text. */
function call(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`);
    session.on("error", reject).setTimeout(patience, () => session.destroy(new Error("no answer")));
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    let answer = "";
    stream.setEncoding("latin1");
    stream
      .on("data", (text: string) => (answer += text))
      .on("error", reject)
      .on("end", () => {
        session.close();
        // Five bytes of framing, then the field's tag and length.
        resolve(answer.slice(7));
      });
    // Not compressed, length 0.
    stream.end(Buffer.alloc(5));
  });
}
