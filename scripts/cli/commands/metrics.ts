import type { Command } from "commander";
import { openMetrics } from "../../operations/metrics";
import { serveMetrics } from "../../operations/serve-metrics";
import { hostAndPort, interruptible, note, print, withCluster, withScope, type Common } from "../common";

export function metricsCommand(program: Command): void {
  withCluster(withScope(program.command("metrics")))
    .description("the fleet in figures, as Prometheus reads them; alerts and a dashboard: monitoring/")
    .option("--listen <host:port>", "answer at /metrics there until Ctrl-C, such as 127.0.0.1:9402", hostAndPort("127.0.0.1:9402"))
    .action(async (flags: Common & { listen?: { host: string; port: number } }) => {
      const read = await openMetrics(flags);
      const { listen } = flags;
      if (!listen) return print((await read()).text.trimEnd());
      await interruptible((signal) => serveMetrics(read, listen, signal, (address) => note(`metrics: ${address}`)), "");
    });
}
