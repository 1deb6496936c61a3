import { isAbsolute } from "node:path";
import { UserError } from "./errors";

/** One variable. An empty value counts as none, unless `empty` says otherwise. */
interface Variable<T> {
  /** The value as the programs want it; undefined for one that can not be meant. */
  read(value: string): T | undefined;
  /** What can be meant, for the error. */
  wanted?: string;
  /** The error does not repeat the value. */
  secret?: true;
  empty?: true;
  /** It may be written in small letters, too. */
  smallToo?: true;
  /** `stores env` exports it for one environment, and it must not be used for another. */
  ofOneEnvironment?: true;
}

const text: Variable<string> = { read: (value) => value };
const flag: Variable<boolean> = { read: () => true };
const folder: Variable<string> = { read: (value) => (isAbsolute(value) ? value : undefined), wanted: "an absolute path" };
const ports: Variable<{ http: number; https: number }> = {
  read(value) {
    const [http = 0, https = 0] = /^\d{1,5},\d{1,5}$/.test(value) ? value.split(",").map(Number) : [];
    return [http, https].every((port) => port >= 1 && port <= 65535) ? { http, https } : undefined;
  },
  wanted: 'two ports, such as "80,443"',
};
const seconds: Variable<number> = {
  read: (value) => (/^[1-9]\d{0,4}$/.test(value) && Number(value) <= 86400 ? Number(value) : undefined),
  wanted: "a whole number of seconds from 1 to 86400",
};
/** With its scheme, as Go's programs complete it. */
const proxy: Variable<string> = {
  read(value) {
    const url = value.includes("://") ? value : `http://${value}`;
    return URL.canParse(url) ? url : undefined;
  },
  wanted: 'the address of a proxy, such as "http://proxy.example.com:3128"',
  secret: true,
};

/** Every environment variable that is heeded. */
const table = {
  /** The environment that a shell's variables were exported for. */
  STOREFLEET_ENV: { ...text, ofOneEnvironment: true },
  /** The stores list; `--file` goes before it. */
  STOREFLEET_FILE: { ...text, ofOneEnvironment: true },
  /** The kubeconfig context of the environment's cluster; goes before the settings. */
  STOREFLEET_CONTEXT: { ...text, ofOneEnvironment: true },
  /** Where the ingress of this machine's cluster answers, http and https; goes before the settings. */
  STOREFLEET_INGRESS_PORTS: { ...ports, ofOneEnvironment: true },
  /** Set for the one run that takes an environment to another cluster. */
  STOREFLEET_MOVE: flag,
  /** Where everything is kept; unset, what can be had again lies below XDG_CACHE_HOME and what can not below XDG_STATE_HOME. */
  STOREFLEET_CACHE: folder,
  /** Where the tools alone are kept. */
  STOREFLEET_TOOLS: folder,
  /** The cluster on this machine to use in place of the environment's own. A folder has its name. */
  STOREFLEET_CLUSTER: { read: (value: string) => (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(value) ? value : undefined), wanted: "a name of lowercase letters, digits and hyphens" },
  /** The Pulumi CLI that workers run. */
  STOREFLEET_PULUMI: text,
  /** Seconds that an installation may take; goes before the settings. */
  HELM_TIMEOUT: seconds,

  KUBECONFIG: { ...text, ofOneEnvironment: true },
  PULUMI_BACKEND_URL: { ...text, ofOneEnvironment: true },
  /** An empty one is one, too. */
  PULUMI_CONFIG_PASSPHRASE: { ...text, secret: true, empty: true, ofOneEnvironment: true },
  PULUMI_CONFIG_PASSPHRASE_FILE: { ...text, ofOneEnvironment: true },
  PULUMI_HOME: text,
  /** Only to ask the state's bucket whether it keeps versions; the CLI reads them, and other logins, itself. */
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: { ...text, secret: true },
  AWS_SESSION_TOKEN: { ...text, secret: true },
  AWS_REGION: text,
  DOCKER_HOST: text,
  /** As Go's programs (kubectl, helm, pulumi) read them. */
  HTTP_PROXY: { ...proxy, smallToo: true },
  HTTPS_PROXY: { ...proxy, smallToo: true },
  NO_PROXY: { ...text, smallToo: true },
  XDG_CACHE_HOME: folder,
  XDG_STATE_HOME: folder,
  PATH: text,

  /** As GitHub Actions and GitLab CI set them; the tokens are given to the step that needs them. */
  GITHUB_ACTIONS: flag,
  GITHUB_API_URL: text,
  GITHUB_EVENT_PATH: text,
  GITHUB_REPOSITORY: text,
  GITHUB_RUN_ID: text,
  GITHUB_SERVER_URL: text,
  GITHUB_SHA: text,
  GITHUB_TOKEN: { ...text, secret: true },
  GITLAB_CI: flag,
  CI_API_V4_URL: text,
  CI_COMMIT_SHA: text,
  CI_JOB_URL: text,
  CI_MERGE_REQUEST_IID: text,
  CI_PROJECT_ID: text,
  GITLAB_TOKEN: { ...text, secret: true },

  NO_COLOR: flag,
  FORCE_COLOR: flag,
  TERM: text,
} as const satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof table;
/** The variables that are set, as their readings have them. Looking at one that is wrong throws a UserError. */
export type Variables = { readonly [Name in VariableName]?: NonNullable<ReturnType<(typeof table)[Name]["read"]>> };

const about = (name: VariableName): Variable<unknown> => table[name];
export const variableNames = Object.keys(table) as VariableName[];
/** What a shell for one environment has, and another environment's must not. */
export const variablesOfOneEnvironment = variableNames.filter((name) => about(name).ofOneEnvironment);

/** The text of a variable, unless it is unset, or empty where that means the same. */
function textOf(name: VariableName, source: NodeJS.ProcessEnv): string | undefined {
  const { empty, smallToo } = about(name);
  return (empty ? source[name] : source[name] || undefined) ?? ((smallToo && source[name.toLowerCase()]) || undefined);
}

/** A variable as it is meant, or what is wrong with it; neither where it is not set. */
function reading(name: VariableName, source: NodeJS.ProcessEnv): { meant?: unknown; wrong?: string } {
  const value = textOf(name, source);
  if (value === undefined) return {};
  const { read, wanted, secret } = about(name);
  const meant = read(value);
  return meant === undefined ? { wrong: `${name} is ${secret ? "" : `"${value}": `}not ${wanted}` } : { meant };
}

function refuse(names: VariableName[], complaints: string[]): never {
  throw new UserError(complaints.join("\n"), `Mend ${names.length > 1 ? "them" : "it"}, or: unset ${names.join(" ")}`, "usage");
}

/** The variables of a source, each read when it is looked at: who changes one afterwards is heeded. */
export function variablesOf(source: () => NodeJS.ProcessEnv): Variables {
  const read = (name: VariableName) => {
    const { meant, wrong } = reading(name, source());
    if (wrong !== undefined) refuse([name], [wrong]);
    return meant;
  };
  return Object.defineProperties({}, Object.fromEntries(variableNames.map((name) => [name, { enumerable: true, get: () => read(name) }])));
}

/** This process's own. */
export const variables: Variables = variablesOf(() => process.env);

/** At the door, before anything is done: throws a UserError that names every wrong variable. */
export function checkVariables(source: NodeJS.ProcessEnv = process.env): void {
  const found = variableNames.flatMap((name) => {
    const { wrong } = reading(name, source);
    return wrong === undefined ? [] : [{ name, wrong }];
  });
  if (found.length > 0) refuse(found.map(({ name }) => name), found.map(({ wrong }) => wrong));
}

/** Changes this process's own, for all that it does and starts from here on; undefined unsets. */
export function setVariables(changes: Partial<Record<VariableName, string | undefined>>): void {
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** What child processes get of our environment. */
const inherited = {
  /** All: the user's logins, proxies and settings hold for the programs that we run for them. */
  program: (all: NodeJS.ProcessEnv) => all,
  /** Nothing that would change what Go builds; its proxies and caches stay. */
  go: ({ GOOS: _os, GOARCH: _arch, GOBIN: _bin, GOEXPERIMENT: _experiment, ...rest }: NodeJS.ProcessEnv) => rest,
  /** The least, for what outlives us: an environment may hold secrets. */
  detached: ({ PATH, HOME, TMPDIR }: NodeJS.ProcessEnv) => ({ PATH, HOME, TMPDIR }),
};
export type ChildKind = keyof typeof inherited;

/** The environment of a child process, with what its caller adds. */
export const environmentFor = (child: ChildKind, added: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ ...inherited[child](process.env), ...added });
