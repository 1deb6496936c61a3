import { z } from "zod";
import { driftClasses } from "../fleet/drift/findings";
import { errorCodes, type ErrorCode } from "../../config/errors";
import { engineNames } from "../../config/spec";
import { auditEntry } from "./records/chain";
import { operation } from "./records/operation";
import { scopes } from "./token-scopes";

/*
 * What the commands print with --json. A caller may count on every key: none goes, and none changes its meaning, within a version.
 */

const env = z.string().describe("An environment's name.");
const engine = z.enum(engineNames);
const count = z.int().min(0);
const seconds = z.number().min(0);
const changes = z.strictObject({ create: count, update: count, replace: count, delete: count }).describe("Resources, by what is done with them.");
const action = z.enum(["create", "update", "upgrade", "unchanged", "refused", "delete", "orphan", "protected"]).describe("upgrade: it gets another release than it runs, by a change of the program, the images or the settings. orphan, protected: left the list, and is kept.");

const value = z.strictObject({
  path: z.string(), from: z.string().optional(), to: z.string().optional(),
}).describe("from, to: as text, cut, and never a secret's; one is absent where there was no value, or will be none, and both where it is not shown.");
const resource = z.strictObject({
  op: z.string(), type: z.string(), name: z.string(), diffs: z.array(z.string()).describe("Properties that differ."),
  values: z.array(value).describe("Those that differ, of updates and replacements."), moreValues: count.describe("How many values differ besides."),
});

const why = z.array(z.union([
  z.strictObject({ cause: z.literal("entry"), key: z.string(), from: z.string().optional(), to: z.string().optional() })
    .describe("A key of its entry in the list, defaults included; values as JSON, long ones by number and digest."),
  z.strictObject({ cause: z.literal("settings"), key: z.string() }).describe("One of the environment's settings or secrets."),
  z.strictObject({ cause: z.literal("secret"), name: z.string() }).describe("A Secret from outside, which holds something else by now."),
  z.strictObject({ cause: z.enum(["program", "unknown", "unfinished", "failed", "by-hand", "walls", "deleted"]) })
    .describe("program: this checkout's program or chart is another than the one that made it. unknown: made by a version that did not note from what. unfinished, failed: so was the last operation. by-hand: Helm has another release. walls: quota and limits are still to be lowered. deleted: its namespace is on its way out."),
])).describe("Why it is updated; nothing for other actions, and where it is only looked into.");

export const pendingStore = z.strictObject({
  name: z.string(), action: action.exclude(["unchanged"]), why, reason: z.string().nullable().describe("Why it is refused."),
});

const needed = z.strictObject({
  name: z.string(), namespace: z.string(), keys: z.array(z.string()).describe("That it has to hold."), fault: z.string().optional().describe("What is wrong with it now; absent where nobody looked."),
});

export const plannedStore = z.strictObject({
  name: z.string(), action, engine: z.string(), plan: z.string().nullable().describe("null: not listed."), url: z.string().describe("Where it answers, or will."), why, changes,
  resources: z.array(resource).describe("One by one; a store that is deleted has none, since everything goes."),
  reason: z.string().optional().describe("Why it is refused."),
  looked: z.boolean().describe("false: the preview failed or was ended, so what would change is not known."),
  error: z.string().optional(),
  needs: z.array(needed).optional().describe("Secrets that the list names and that are not there, or lack something: others have to write them."),
});

const plan = z.strictObject({ env, stores: z.array(plannedStore) });

const head = z.strictObject({ seq: count, hash: z.string() }).describe("The last entry of the audit trail then: kept elsewhere, `stores audit --verify --anchor HASH` proves by it that nothing was taken away.");
const reason = z.array(z.strictObject({ name: z.string(), why: z.string() }));
export const rollout = z.strictObject({
  id: z.string(), state: z.enum(["running", "halted", "aborted", "done", "superseded"]).describe("running: not finished, whoever goes on with it. superseded: another release is wanted by now."),
  why: z.string().nullable().describe("Why it halted, or who aborted it."), wave: count.describe("At which it is, from 1; one more than there are: it is through."),
  bakeEnds: z.string().nullable().describe("When that wave has baked, ISO 8601; null while it does not."),
  waves: z.array(z.strictObject({ name: z.string(), members: count, bake: seconds })),
  failed: reason, sick: reason.describe("Not well before their turn, so they keep what they have."),
});
const applied = z.strictObject({
  env,
  operation: z.strictObject({ id: z.string(), audit: head }).nullable().describe("Its record, as `stores operations ID` shows it; null: there was nothing to do."),
  cluster: z.strictObject({ context: z.string(), server: z.string().describe("Of its API.") }),
  rollout: rollout.nullable().describe("The roll-out of another release, as far as it is; null: there is none."),
  stores: z.array(z.strictObject({
    name: z.string(), action, why, changes,
    result: z.enum(["created", "updated", "unchanged", "deleted", "kept", "refused", "failed", "cancelled", "not started", "deferred", "held", "sick"])
      .describe("deferred: waits for its wave. held: an aborted roll-out did not reach it. sick: was not well before its turn, and keeps what it has."),
    seconds: seconds.describe("How long it took."),
    error: z.string().nullable().describe("Why it failed or is refused."),
    code: z.enum(["not-found", "locked", "cancelled", "cli", "program", "resource", "gate"]).nullable()
      .describe("What kind of failure. cli: before any resource was looked at; program: the store's own program ended badly; resource: the cluster or a chart said no; gate: it has the release of a roll-out, and is not READY or does not sell."),
    repairs: z.array(z.string()).describe("Leftovers of earlier runs that were repaired on the way."),
    had: z.strictObject({
      createdAt: z.string().nullable().describe("Of its namespace, ISO 8601; null where the cluster had none."),
      volumes: z.strictObject({ count, bytes: count }).nullable(),
      orders: count.nullable(),
    }).optional().describe("Of a store that was to be deleted: what it had before. null: could not be told."),
  })),
});

const status = z.strictObject({
  env,
  simulated: z.boolean().describe("true: pods only pretend to run."),
  stores: z.array(z.strictObject({
    name: z.string(), engine: z.string(), phase: z.enum(["PROVISIONING", "READY", "FAILED", "SUSPENDED", "DELETING"]),
    url: z.string(), namespace: z.string(), stack: z.string(),
    createdAt: z.string().nullable().describe("Of its namespace, ISO 8601."),
    provisionSeconds: seconds.nullable().describe("From the namespace to the first time that everything was ready."),
    reason: z.string().nullable().describe("Why it is not READY, or what about it is not as listed."),
    certificates: z.array(z.strictObject({
      host: z.string(), notAfter: z.string().nullable().describe("When it ends, ISO 8601; null: there is none yet."),
      reason: z.string().nullable().describe("Why it is not there, or not renewed."),
    })).describe("Of each host, its own address first; none where it is on http, or this account must not look."),
    listed: z.boolean().nullable().describe("Whether the list has it; null: the list can not be read."),
    plan: z.string().nullable().describe("Its size, by the list; null: that does not have it."),
    protected: z.boolean().describe("Whether the list or the cluster keeps it from being deleted."),
  })),
  listProblem: z.string().nullable().describe("Why the list can not be read, in which case only what runs is shown."),
  environmentProblem: z.string().nullable().describe("What is to be said of the environment's stack: not up, or older than its settings."),
  isolation: z.enum(["enforced", "open", "unknown", "trusted"]).describe("What the cluster makes of network policies; trusted: the settings do not ask."),
  isolationProblem: z.string().nullable().describe("Why stores are not known to be walled off from each other, where the settings ask for it."),
  rollout: rollout.nullable().describe("The roll-out of another release that is not over; null: there is none."),
});

const drift = z.strictObject({
  env,
  stores: z.array(z.strictObject({
    name: z.string(),
    drift: z.array(z.strictObject({
      object: z.string().describe("Such as Deployment/woocommerce-wordpress."),
      path: z.string().describe("A JSON pointer, with items of lists by what they are known by: /spec/template/spec/containers/[name=wordpress]/image. Empty: the object as a whole."),
      class: z.enum(driftClasses).describe("missing: the object. changed: a field. added: a field that nobody wants. foreign: a field that others have written, of which nobody knows what it should be."),
      want: z.unknown().describe("As it was made; without a value of a Secret, and long texts by their SHA-256."), live: z.unknown().describe("As it is; null: not there."),
      by: z.string().nullable().describe("The manager that wrote it last; null: the cluster does not remember, as of what was taken away."), at: z.string().nullable().describe("When, ISO 8601."),
    })),
    pending: z.boolean().describe("Whether it is not as listed yet: of what Pulumi made only others' writing is told, and not what is missing."),
    skipped: z.string().nullable().describe("Why it was not looked at."),
  })),
  unseen: z.array(z.string()).describe("Kinds that this account may not list."),
  tried: z.boolean().nullable().describe("Whether the cluster was asked, by a dry run, about fields that are not as wanted; false: this account may not, so a default or a webhook may be among them; null: there were none."),
  repaired: z.array(z.strictObject({
    name: z.string(), result: z.enum(["repaired", "failed", "refused", "cancelled", "not started"]).describe("refused: it is not as listed yet."), seconds, error: z.string().nullable(),
  })).describe("With --repair: each store that had drifted."),
  operation: applied.shape.operation,
});

const verify = z.strictObject({
  name: z.string(), engine, url: z.string(), passed: z.boolean(), seconds,
  steps: z.array(z.strictObject({ step: z.string(), result: z.enum(["passed", "failed", "skipped"]), seconds, detail: z.string() })),
});

const events = z.strictObject({
  name: z.string(),
  events: z.array(z.strictObject({ time: z.string(), type: z.string(), object: z.string(), reason: z.string(), message: z.string(), count })).describe("Oldest first."),
});

const logs = z.strictObject({ name: z.string(), logs: z.array(z.strictObject({ pod: z.string(), container: z.string(), text: z.string() })) });

const domains = z.strictObject({
  name: z.string(),
  domains: z.array(z.strictObject({
    host: z.string(), generated: z.boolean().describe("false: one of its own domains."),
    addresses: z.array(z.string()).describe("What DNS answers where this is asked from."),
    leads: z.enum(["here", "elsewhere", "nowhere", "unknown"]).describe("unknown: nobody can say where requests come in."),
    served: z.boolean().describe("Whether the cluster hands its requests to the store."),
    certificateUntil: z.string().nullable().describe("ISO 8601; null where there is none, or the store is not on https."),
    problem: z.string().nullable().describe("What is wrong first, and how to mend that; null: nothing."),
  })),
});

const snapshot = z.strictObject({
  id: z.string(), time: z.string().describe("ISO 8601."), kind: z.string().describe("What it was made for: scheduled, manual, pre-upgrade, pre-restore, final."),
  repository: z.string().describe("Where it is: a store's name, and which of that name."), own: z.boolean().describe("Of the store that runs now; false: of an earlier one of its name."),
  orders: count.nullable(), products: count.nullable(), customers: count.nullable(), bytes: count.nullable(),
});

const restart = z.strictObject({ name: z.string(), restarted: z.array(z.string()).describe("Deployments and StatefulSets.") });

const credentials = z.strictObject({ name: z.string(), url: z.string(), adminUrl: z.string().optional(), username: z.string().optional(), password: z.string().optional() });

const problem = z.strictObject({
  file: z.string(), line: z.int().min(1), column: z.int().min(1), path: z.array(z.union([z.string(), z.number()])),
  value: z.string().optional(), message: z.string(), repair: z.string(),
});

const cluster = z.strictObject({
  name: z.string(), kind: z.enum(["context", "kind", "k3d", "embedded", "none"]), running: z.boolean(), note: z.string(), why: z.string().optional(),
  context: z.string().optional(), kubeconfig: z.string().optional(), version: z.string().optional(), simulated: z.boolean(),
  processes: z.array(z.strictObject({ name: z.string(), state: z.enum(["running", "ended", "not started"]), pid: z.int().optional(), memory: count.optional().describe("Bytes."), log: z.string() })),
  nodes: z.array(z.strictObject({ name: z.string(), ready: z.boolean() })),
});

const images = z.strictObject({
  env,
  images: z.array(z.strictObject({
    name: z.string(), reference: z.string().describe("As the pods refer to it."), built: z.boolean(), delivery: z.enum(["pushed", "already pushed", "loaded", "already loaded", "none"]),
  })),
});

const noted = z.strictObject({ result: z.enum(["created", "updated", "closed", "none"]), url: z.string().nullable().describe("Its page, where the platform tells.") });
const locks = z.array(z.strictObject({ host: z.string(), pid: z.int(), since: z.string().describe("ISO 8601.") })).describe("Who works on it.");
const stateCheck = z.strictObject({
  env,
  backend: z.string().describe("Where it is, without a login."),
  saidBy: z.enum(["variable", "settings", "login", "local"]).describe("variable: PULUMI_BACKEND_URL. settings: storefleet:state. login: `pulumi login`. local: nobody, so this machine's own."),
  secretsProvider: z.string().nullable().describe("What new stacks are encrypted by; null: the backend's own choice."),
  keepsVersions: z.boolean().nullable().describe("Whether the bucket keeps what is overwritten or deleted; null: nobody can say."),
  stacks: z.array(z.strictObject({
    name: z.string(), key: z.string().describe("passphrase, or a key's URL."), otherKey: z.boolean().describe("Another than secretsProvider says: `stores state rekey`."),
    locks,
  })),
});

const stateUnlock = z.strictObject({
  env,
  stacks: z.array(z.strictObject({ name: z.string(), locks, result: z.enum(["unlocked", "held"]).describe("held: by a run that came meanwhile, and is left alone.") })).describe("Those that were locked."),
});

const stateRekey = z.strictObject({
  env, secretsProvider: z.string(),
  stacks: z.array(z.strictObject({ name: z.string(), result: z.enum(["rekeyed", "unchanged", "failed"]), from: z.string().describe("What encrypted it before."), error: z.string().nullable() })),
  settingsChanged: z.boolean().describe("true: the secrets among the settings were encrypted anew as well, so Pulumi.<env>.yaml is to be committed."),
});

const audit = z.strictObject({
  env, head, entries: z.array(auditEntry).describe("Oldest first; none with --verify or --prune."),
  broken: z.strictObject({ seq: count, reason: z.string() }).nullable().describe("Where the trail stops being whole; the command then ends with 1."),
  pruned: z.strictObject({ entries: count, file: z.string(), sha256: z.string().describe("Of the file.") }).nullable().describe("With --prune: what was exported and taken away; null: nothing was old enough."),
});

const token = z.strictObject({
  id: z.string(), name: z.string(), scopes: z.array(z.enum(scopes)), createdAt: z.string().describe("ISO 8601."), expiresAt: z.string(), createdBy: z.string(),
});

/** By command. */
export const answers = {
  "token create": token.extend({ token: z.string().describe("Its text, which nobody can read again.") }),
  "token list": z.strictObject({ env, tokens: z.array(token).describe("Newest first, expired ones among them.") }),
  "token revoke": z.strictObject({ id: z.string(), name: z.string() }),
  operations: z.strictObject({ env, operations: z.array(operation).describe("Newest first.") }), audit,
  plan, apply: applied, upgrade: applied, suspend: applied, resume: applied, destroy: applied.omit({ rollout: true }), status, drift, verify, events, logs, domains, restart, credentials,
  serve: z.strictObject({ address: z.string(), token: z.string().nullable().describe("With every right, for this run alone; null where others can reach it, through a proxy.") }),
  backup: z.strictObject({
    env,
    stores: z.array(z.strictObject({
      name: z.string(), result: z.enum(["saved", "failed"]), seconds, error: z.string().nullable(),
      snapshot: z.string().nullable().describe("null where it failed, or pods only pretend to run."), bytes: count.nullable(), added: count.nullable().describe("Bytes that were not there yet, as they are stored."),
    })),
  }),
  backups: z.strictObject({ name: z.string(), snapshots: z.array(snapshot).describe("Newest first."), unreadable: z.array(z.strictObject({ repository: z.string(), reason: z.string() })) }),
  restore: z.strictObject({ name: z.string(), snapshot, saved: z.string().nullable().describe("The backup of what was there before; null: there is none."), seconds }),
  open: z.strictObject({ name: z.string(), url: z.string() }),
  hosts: z.strictObject({
    env,
    hosts: z.array(z.strictObject({ name: z.string().describe("A store, or mail-catcher."), host: z.string(), address: z.string() })),
  }),
  "list pull": z.strictObject({ env, digest: z.string().describe("SHA-256 of the text."), text: z.string() }),
  "list push": z.strictObject({ env, digest: z.string(), changed: z.boolean().describe("false: that text was there already.") }),
  validate: z.strictObject({
    valid: z.boolean(), problems: z.array(problem), warnings: z.array(z.string()),
    needs: z.array(needed.extend({ store: z.string() })).optional().describe("Secrets that the list names: others have to write them. Absent: it names none."),
  }),
  rbac: z.strictObject({ apiVersion: z.literal("v1"), kind: z.literal("List"), items: z.array(z.looseObject({ kind: z.string() })).describe("As kubectl apply takes them.") }),
  "export operator": z.strictObject({
    env,
    items: z.array(z.looseObject({ kind: z.string() })).describe("The objects, where no folder is named."),
    files: z.array(z.strictObject({ file: z.string(), result: z.enum(["written", "unchanged", "removed", "kept", "missing", "differs", "left"]) }))
      .describe("In the folder. kept: not of this export. missing, differs, left: with --check, what would be written or removed."),
  }),
  env: z.record(z.string(), z.string()).describe("Variables for a shell."),
  images,
  "ci comment": noted, "ci issue": noted,
  "ci init": z.strictObject({ files: z.array(z.strictObject({ path: z.string(), source: z.string(), result: z.enum(["written", "unchanged", "kept"]) })) }),
  "state check": stateCheck, "state rekey": stateRekey, "state unlock": stateUnlock,
  "cluster up": cluster, "cluster status": cluster,
  "cluster down": z.strictObject({ running: z.literal(false) }),
  "cluster reset": z.strictObject({ reset: z.literal(true) }),
} as const;
export type Answer<C extends keyof typeof answers> = z.infer<(typeof answers)[C]>;

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];
/** In place of any of them, where the command fails as a whole; its code is 3 where nothing had been done yet. */
export const failure = z.strictObject({
  error: z.strictObject({
    code: z.enum([...codes, "defect"]), message: z.string(), hint: z.string().optional().describe("How to mend it."),
    problems: z.array(problem).optional().describe("Of a list: every one, with its place and repair."),
  }),
});

/** JSON Schema of what a command prints with --json. */
export const answerJsonSchema = (command: keyof typeof answers): object => ({ ...z.toJSONSchema(z.union([answers[command], failure])), title: `stores ${command} --json` });
