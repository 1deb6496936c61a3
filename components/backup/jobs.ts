import type { input } from "@pulumi/kubernetes/types";
import type { Input } from "@pulumi/pulumi";
import { backupComponent, backupNames as names } from "../../config/backup";

type PodSpec = input.core.v1.PodSpec;
type Container = input.core.v1.Container;

/** What is special about an engine's data. The names are those of its chart. */
export interface Data {
  /** Who writes the shop's files, and so reads them. */
  user: number;
  /** Of the database. */
  image: Input<string>;
  env: Record<string, Input<string>>;
  /** Secrets by the folder below /run/secrets that they are mounted as, dump and load alike. */
  secrets: Record<string, Input<string>>;
  /** A volume of files beside the database. */
  uploads?: { claim: string; /** Whether it serves one node only: that of these pods. */ besides?: Record<string, string> };
}

export interface Work {
  store: string;
  data: Data;
  /** Of restic. */
  image: Input<string>;
  account: Input<string>;
  imagePullSecret?: Input<string>;
  labels: Record<string, string>;
  /** MiB that a dump may take on the node. */
  dumpSize: number;
}

const confined: Partial<Container> = {
  imagePullPolicy: "IfNotPresent",
  terminationMessagePolicy: "FallbackToLogsOnError",
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
};

/** What one of these containers uses at most. A pod's dump counts to its disk. */
export const sizeOf = (dumpSize: number) => ({ cpuRequest: "25m", memoryRequest: "128Mi", memoryLimit: "512Mi", ephemeralRequest: "64Mi", ephemeralLimit: `${dumpSize + 256}Mi` });

function container(name: string, image: Input<string>, script: string, env: Record<string, Input<string>>, args: Work, mounts: { name: string; mountPath: string; readOnly?: boolean }[]): Container {
  const { cpuRequest, memoryRequest, memoryLimit, ephemeralRequest, ephemeralLimit } = sizeOf(args.dumpSize);
  return {
    ...confined,
    name,
    image,
    // Both shells are there in the database's images; restic's has the one.
    command: [name === "dump" || name === "load" ? "bash" : "sh", `/scripts/${script}`],
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
    resources: { requests: { cpu: cpuRequest, memory: memoryRequest, "ephemeral-storage": ephemeralRequest }, limits: { memory: memoryLimit, "ephemeral-storage": ephemeralLimit } },
    volumeMounts: [{ name: "scripts", mountPath: "/scripts", readOnly: true }, { name: "tmp", mountPath: "/tmp" }, { name: "dump", mountPath: "/backup/database" }, ...mounts],
  };
}

/** The login and the key of a repository, by restic's own variables. */
const repositoryOf = (secret: string) => ({ envFrom: [{ secretRef: { name: secret } }] });

function pod(args: Work, parts: Pick<PodSpec, "initContainers" | "containers" | "affinity">): { metadata: input.meta.v1.ObjectMeta; spec: PodSpec } {
  const { data, labels, account, imagePullSecret, dumpSize } = args;
  const secretVolumes = Object.entries(data.secrets).map(([folder, secretName]) => ({ name: `secret-${folder}`, secret: { secretName, defaultMode: 0o440 } }));
  return {
    metadata: { labels: { ...labels, "app.kubernetes.io/component": backupComponent } },
    spec: {
      serviceAccountName: account,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 5,
      securityContext: { runAsNonRoot: true, runAsUser: data.user, runAsGroup: data.user, fsGroup: data.user, fsGroupChangePolicy: "OnRootMismatch", seccompProfile: { type: "RuntimeDefault" } },
      ...(imagePullSecret !== undefined && { imagePullSecrets: [{ name: imagePullSecret }] }),
      ...parts,
      volumes: [
        { name: "scripts", configMap: { name: names.scripts } },
        { name: "tmp", emptyDir: { sizeLimit: "128Mi" } },
        { name: "dump", emptyDir: { sizeLimit: `${dumpSize + 128}Mi` } },
        ...(data.uploads ? [{ name: "uploads", persistentVolumeClaim: { claimName: data.uploads.claim } }] : []),
        ...secretVolumes,
      ],
    },
  };
}

const secretMounts = ({ data }: Work) => Object.keys(data.secrets).map((folder) => ({ name: `secret-${folder}`, mountPath: `/run/secrets/${folder}`, readOnly: true }));
const uploadMounts = ({ data }: Work, readOnly: boolean) => (data.uploads ? [{ name: "uploads", mountPath: "/backup/uploads", readOnly }] : []);

/** The database first, the files after: a picture that goes in between is the only gap. */
export function backupPod(args: Work) {
  const { data, store, image } = args;
  const besides = data.uploads?.besides;
  const affinity = besides && { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: besides } }] } };
  return pod(args, {
    ...(affinity && { affinity }),
    initContainers: [container("dump", data.image, "dump.sh", data.env, args, secretMounts(args))],
    containers: [{ ...container("save", image, "save.sh", { STORE: store, KIND: "scheduled" }, args, uploadMounts(args, true)), ...repositoryOf(names.backup) }],
  });
}

/** Whoever makes a Job of it says which snapshot, and has ended what else uses the data. */
export function restorePod(args: Work) {
  const { data, image } = args;
  return pod(args, {
    initContainers: [{ ...container("fetch", image, "fetch.sh", { SNAPSHOT: "" }, args, uploadMounts(args, false)), ...repositoryOf(names.source) }],
    containers: [container("load", data.image, "load.sh", { ...data.env, ADMIN: "keep" }, args, secretMounts(args))],
  });
}
