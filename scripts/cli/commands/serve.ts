import type { Command } from "commander";
import { hostAndPort, interruptible, note, printAnswerLine, withCluster, withCommon, type Common } from "../common";

const standard = "127.0.0.1:8000";

export function serveCommand(program: Command): void {
  withCluster(withCommon(program.command("serve")))
    .description("answer the REST API on this machine until Ctrl-C: docs/api.md")
    .option("--listen <host:port>", `where, on this machine alone (default: ${standard})`, hostAndPort(standard))
    .option("--host-name <name...>", "other names that lead here, through a proxy on this machine that speaks TLS")
    .action(async ({ listen = hostAndPort(standard)(standard), hostName, json, ...scope }: Common & { listen?: { host: string; port: number }; hostName?: string[] }) => {
      // All of HTTP is loaded by nobody else.
      const { serve } = await import("../../api/serve.js");
      const onListening = (address: string, token: string) => (json ? printAnswerLine("serve", { address, token }) : note(`${address}/#token=${token}\nThe address has a token with every right, for this run alone. The API: ${address}/docs`));
      await interruptible((signal) => serve(scope, { ...listen, hostNames: hostName }, signal, onListening, note), "");
    });
}
