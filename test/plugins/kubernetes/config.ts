import type { DiffResult } from "../shared/provider";
import { equal, isUnknown, plain, type Values } from "../shared/values";
import { parseKubeconfig } from "./cluster";

/** Settings of the provider that this stand-in honours; each may also come from a variable of the environment. */
const variableOf: { [setting: string]: string } = {
  deleteUnreachable: "PULUMI_K8S_DELETE_UNREACHABLE",
  enableConfigMapMutable: "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
  enablePatchForce: "PULUMI_K8S_ENABLE_PATCH_FORCE",
  enableSecretMutable: "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
  enableServerSideApply: "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY",
  upsertExistingObjects: "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
};

/** Without effect on anything that the stand-in does. */
const harmless = ["kubeClientSettings", "suppressDeprecationWarnings", "suppressHelmHookWarnings", "clusterIdentifier", "version", "pluginDownloadURL"];

export function readSettings(variables: Map<string, string>) {
  const supported = new Set([...Object.keys(variableOf), ...harmless, "kubeconfig", "context", "namespace", "helmReleaseSettings"]);
  const refused = [...variables.keys()].filter((name) => !supported.has(name) && variables.get(name) !== "");
  if (refused.length > 0) {
    throw new Error(`provider settings ${refused.join(", ")}: not part of Storefleet's stand-in provider; use the real plugin`);
  }
  const driver = helmDriverOf(variables.get("helmReleaseSettings"));
  const flag = (name: string, otherwise = "false") =>
    (variables.get(name) ?? process.env[variableOf[name] ?? ""] ?? otherwise) === "true";
  if (!flag("enableServerSideApply", "true")) {
    throw new Error("enableServerSideApply=false: Storefleet's stand-in provider applies on the server only; use the real plugin");
  }
  return {
    kubeconfig: variables.get("kubeconfig"),
    context: variables.get("context"),
    namespace: variables.get("namespace"),
    secretMutable: flag("enableSecretMutable"),
    configMapMutable: flag("enableConfigMapMutable"),
    patchForce: flag("enablePatchForce"),
    upsertExisting: flag("upsertExistingObjects"),
    deleteUnreachable: flag("deleteUnreachable"),
    helmDriver: driver,
  };
}

/** The only one of Helm's settings that is honoured. */
function helmDriverOf(settings: string | undefined): string {
  const { driver = process.env.PULUMI_K8S_HELM_DRIVER || "secret", ...rest } = JSON.parse(settings || "{}") as { [setting: string]: string };
  const refused = [...Object.keys(rest), ...(["secret", "configmap"].includes(driver) ? [] : [`driver: ${driver}`])];
  if (refused.length > 0) throw new Error(`helmReleaseSettings ${refused.join(", ")}: not part of Storefleet's stand-in provider; use the real plugin`);
  return driver;
}

/** The cluster that a provider's inputs lead to; undefined if they do not tell. */
async function clusterOf({ kubeconfig, context }: Values): Promise<Values | undefined> {
  if (typeof kubeconfig !== "string" || kubeconfig === "") return undefined;
  return parseKubeconfig(kubeconfig, typeof context === "string" ? context : undefined);
}

/** Another cluster replaces everything that was made through the provider; any other change is an update of it. */
export async function diffConfig(olds: Values, news: Values): Promise<DiffResult> {
  const [before, after] = [plain(olds) as Values, plain(news) as Values];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !equal(before[name], after[name]));
  const changes: DiffResult["changes"] = new Map();
  if (names.length === 0) return { changes };

  const identity = ["kubeconfig", "context"];
  const unforeseeable = identity.filter((name) => isUnknown(after[name]));
  const [oldCluster, newCluster] = unforeseeable.length > 0 ? [] : [await clusterOf(before), await clusterOf(after)];
  const moved = oldCluster !== undefined && newCluster !== undefined && !equal(oldCluster, newCluster);
  const pinned = after.clusterIdentifier !== undefined && equal(before.clusterIdentifier, after.clusterIdentifier);
  const reidentified = before.clusterIdentifier !== undefined && after.clusterIdentifier !== undefined && !pinned;
  for (const name of names) {
    const replace =
      (name === "clusterIdentifier" && reidentified) ||
      (!pinned && identity.includes(name) && (moved || unforeseeable.includes(name)));
    changes.set(name, { change: !(name in before) ? "add" : !(name in after) ? "delete" : "update", replace });
  }
  return { changes };
}
