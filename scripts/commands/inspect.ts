import { spawn } from "node:child_process";
import type { Command } from "commander";
import { UserError } from "../../config/errors";
import { mailCatcher, mailCatcherUrl } from "../../config/environment";
import { storesCommand } from "../../config/stores-command";
import { receiptName } from "../../stores/marks";
import { openSession, type Session } from "../engine/session";
import { readEnvironment } from "../fleet/environment";
import { byTime, timeOf, type Event } from "../fleet/event";
import { secretText, type KubeObject } from "../fleet/kube";
import { mailLogin } from "../fleet/mail-login";
import { observeFleet, type Observed } from "../fleet/observe";
import { duration, table } from "../ui/table";
import { note, print, printJson, withCommon, wholeNumber, type Common } from "./common";
import { requireKnown } from "./names";
import { simulationNote } from "./status";

/** The commands that look into one running store. */
export function inspectCommands(program: Command): void {
  withCommon(program.command("events"))
    .description("what the cluster said about a store, oldest first")
    .argument("<name>")
    .action(async (name: string, flags: Common) => printEvents(await find(name, flags), flags));
  withCommon(program.command("logs"))
    .description("the last lines of every pod of a store")
    .argument("<name>")
    .option("--tail <n>", "lines of each container", wholeNumber("--tail", 1), 50)
    .action(async (name: string, flags: Common & { tail: number }) => printLogs(await find(name, flags), flags));
  withCommon(program.command("credentials"))
    .description("address and administrator of a store, or who reads what the mail catcher has")
    .argument("<name>", `a store, or ${mailCatcher.service}`)
    .action(async (name: string, flags: Common) =>
      name === mailCatcher.service ? printMailLogin(await openSession(flags.env), flags) : printCredentials(await find(name, flags), flags),
    );
  withCommon(program.command("open"))
    .description("open a store in the browser")
    .argument("<name>")
    .action(async (name: string, flags: Common) => openInBrowser(await find(name, flags), flags));
}

interface Found {
  session: Session;
  store: Observed;
}

async function find(name: string, flags: Common): Promise<Found> {
  const session = await openSession(flags.env);
  const observed = await observeFleet(session.kube, flags.env);
  requireKnown([name], { wanted: [], observed });
  return { session, store: observed.get(name) as Observed };
}

async function printEvents({ session, store }: Found, { json }: Common): Promise<void> {
  const items = (await session.kube.list(`/api/v1/namespaces/${store.namespace}/events`)) as unknown as Event[];
  const events = items
    .sort(byTime)
    .map((event) => ({
      time: timeOf(event),
      type: event.type,
      object: `${event.involvedObject.kind}/${event.involvedObject.name}`,
      reason: event.reason,
      message: event.message,
      count: event.count ?? 1,
    }));
  if (json) return printJson(events);
  if (events.length === 0) return print(`No events of ${store.store} (a cluster keeps them for an hour).`);
  const age = (time: string) => duration((Date.now() - Date.parse(time)) / 1000);
  print(table(["AGE", "TYPE", "OBJECT", "REASON", "MESSAGE"], events.map((it) => [age(it.time), it.type, it.object, it.reason, it.message.trim()])));
}

async function printLogs({ session, store }: Found, { json, tail }: Common & { tail: number }): Promise<void> {
  const pods = await session.kube.list(`/api/v1/namespaces/${store.namespace}/pods`);
  const logs: { pod: string; container: string; text: string }[] = [];
  for (const pod of pods) {
    for (const container of containersOf(pod)) {
      const path = `/api/v1/namespaces/${store.namespace}/pods/${pod.metadata.name}/log?container=${container}&tailLines=${tail}`;
      const text = await session.kube.text(path).catch((error: Error) => `(no log: ${error.message})`);
      logs.push({ pod: pod.metadata.name, container, text });
    }
  }
  if (json) return printJson(logs);
  for (const { pod, container, text } of logs) print(`==> ${pod}/${container} <==\n${text.trimEnd()}\n`);
  if (logs.length === 0) print(`${store.store} has no pods.`);
  if (session.cluster.simulated) note(simulationNote);
}

const containersOf = ({ spec }: KubeObject) =>
  [...((spec?.initContainers ?? []) as { name: string }[]), ...((spec?.containers ?? []) as { name: string }[])].map(({ name }) => name);

async function printCredentials({ session, store }: Found, { json }: Common): Promise<void> {
  const inNamespace = `/api/v1/namespaces/${store.namespace}`;
  const [secret, receipt] = await Promise.all([
    session.kube.get(`${inNamespace}/secrets/${store.engine}-admin`),
    session.kube.get(`${inNamespace}/configmaps/${receiptName}`),
  ]);
  if (!secret || !receipt) {
    throw new UserError(`${store.store} is not ready yet, so it has no credentials`, storesCommand(`status ${store.store}`));
  }
  const { url = "", adminUrl = "" } = receipt.data ?? {};
  const credentials = { name: store.store, url, adminUrl, username: secretText(secret, "username"), password: secretText(secret, "password") };
  printPairs(credentials, json);
}

async function printMailLogin({ kube, env }: Session, { json }: Common): Promise<void> {
  const settings = (await readEnvironment(kube, env))?.settings;
  if (!settings?.mailCatcher) throw new UserError(`the environment "${env}" has no mail catcher`, `With mailCatcher: true in its settings: ${storesCommand("cluster up")}`);
  printPairs({ name: mailCatcher.service, url: mailCatcherUrl(settings), ...(await mailLogin(kube, settings)) }, json);
}

function printPairs(pairs: Record<string, string>, json: boolean | undefined): void {
  if (json) return printJson(pairs);
  print(Object.entries(pairs).map(([key, value]) => `${key.padEnd(10)}${value}`).join("\n"));
}

async function openInBrowser({ session, store }: Found, { json }: Common): Promise<void> {
  const url = store.receipt?.url;
  if (!url) throw new UserError(`${store.store} has no address yet`, storesCommand(`status ${store.store}`));
  if (json) return printJson({ name: store.store, url });
  print(url);
  if (session.cluster.simulated) return note(simulationNote);
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(opener, [url], { stdio: "ignore", detached: true });
  child.on("error", () => note(`(no ${opener} here: open the address yourself)`));
  child.unref();
}
