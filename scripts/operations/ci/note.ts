import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../../../config/errors";
import type { EnvironmentName } from "../../../config/names";
import { ask, Busy, patiently, type Pause } from "./api";
import { platformHere, type Board, type Entry, type Platform } from "./platform";

/** Where a pipeline's text is recognised by, as its first line. */
export const planMarker = (env: EnvironmentName): string => `<!-- storefleet-plan ${env} -->`;

export interface Noted {
  result: "created" | "updated" | "closed" | "none";
  /** Its page; null where there is none. */
  url: string | null;
}

interface Telling {
  say: (text: string) => void;
  pause?: Pause;
}

/** Keeps one note about an environment's plan on the pull request that this job is about. */
export function keepComment(env: EnvironmentName, file: string, { say, pause }: Telling): Promise<Noted> {
  const platform = platformHere();
  const text = textOf(env, file, platform, say);
  return patiently(() => keep(platform, platform.notes(), planMarker(env), text), say, pause);
}

/** Keeps one open issue about an environment that is not as its list says. */
export function keepIssue(env: EnvironmentName, file: string, { say, pause }: Telling): Promise<Noted> {
  const platform = platformHere();
  const text = textOf(env, file, platform, say);
  return patiently(() => keep(platform, platform.issues(`${env} is not as its list says`), planMarker(env), text), say, pause);
}

/** Closes that issue, if there is one. */
export function closeIssue(env: EnvironmentName, { say, pause }: Telling): Promise<Noted> {
  const platform = platformHere();
  const issues = platform.issues("");
  return patiently(async () => {
    const entry = await find(platform, issues, planMarker(env));
    if (!entry) return { result: "none", url: null };
    await ask(platform.api, issues.close(String(entry[issues.keys.id])));
    return { result: "closed", url: urlOf(entry) };
  }, say, pause);
}

/** The plan as it was written, or that there is none: what an earlier commit planned must not stay there as this one's. */
function textOf(env: EnvironmentName, file: string, platform: Platform, say: (text: string) => void): string {
  const { commit, job } = platform.origin();
  const origin = [commit && `Commit ${commit.slice(0, 12)}`, job && `[the job](${job})`].filter(Boolean).join(", ");
  if (!existsSync(file)) say(`${file} is not there: noted that there is no plan`);
  return `${existsSync(file) ? read(env, file) : `${planMarker(env)}\n\n### ${env}: no plan\n\nNone could be made; what the job printed says why.\n`}\n${origin}\n`;
}

function read(env: EnvironmentName, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} can not be read: ${(error as Error).message}`);
  }
  if (!text.startsWith(planMarker(env))) throw new UserError(`${file} is no plan of ${env}: it does not begin with ${planMarker(env)}`, undefined, "plan-invalid");
  return text;
}

async function keep(platform: Platform, board: Board, marker: string, text: string): Promise<Noted> {
  const entry = await find(platform, board, marker);
  const request = entry ? board.change(String(entry[board.keys.id]), text) : board.add(text);
  return { result: entry ? "updated" : "created", url: urlOf((await ask(platform.api, request)) as Entry) };
}

const pageLength = 100;
const mostPages = 100;

/** The first own entry that begins with the marker. */
async function find({ api, ownership }: Platform, { list, keys }: Board, marker: string): Promise<Entry | undefined> {
  const isOwn = await ownership();
  const separator = list.includes("?") ? "&" : "?";
  for (let page = 1; page <= mostPages; page += 1) {
    const entries = (await ask(api, { method: "GET", path: `${list}${separator}per_page=${pageLength}&page=${page}` })) as Entry[];
    if (!Array.isArray(entries)) throw new Busy(`${api.name} answers with no list`);
    // A pull request is an issue as well, for GitHub.
    const found = entries.find((entry) => !("pull_request" in entry) && isOwn(entry) && String(entry[keys.text] ?? "").startsWith(marker));
    if (found || entries.length < pageLength) return found;
  }
  throw new UserError(`${api.name} has more than ${pageLength * mostPages} entries there, and ours is not among them`);
}

const urlOf = (entry: Entry): string | null => [entry.html_url, entry.web_url].find((url) => typeof url === "string") ?? null;
