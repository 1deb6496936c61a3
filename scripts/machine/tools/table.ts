/**
 * Every tool that is not an npm package: its version, where its maker publishes it, and how Go builds it.
 * Checksums are here where the maker printed them; otherwise the list that the maker publishes beside the file is
 * fetched with it. What has neither is not downloaded. Go checks the modules of a build against its checksum database.
 */
export const platforms = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64"] as const;
export type Platform = (typeof platforms)[number];

export type PluginTool = "pulumi-resource-kubernetes" | "pulumi-resource-random";
export type BinaryTool =
  | "pulumi" | "pulumi-language-nodejs" | "helm" | "kubectl" | "kind" | "kwok" | "kube-score" | "actionlint"
  | "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";
export type Tool = BinaryTool | PluginTool;

export interface Download {
  url: string;
  /** The file's SHA-256, where it is known beforehand. */
  sha256?: string;
  /** Else the list (or the bare sum) that its maker publishes. */
  sums?: string;
  /** Folder of the binaries inside the archive; absent: the file is the binary itself. */
  archiveFolder?: string;
}

export interface GoBuild {
  binary: BinaryTool;
  module: string;
  version: string;
  /** Package below the module. */
  package: string;
  /** `-X` values. */
  set?: Record<string, string>;
  /** The module's `replace … => ./staging/…` modules are taken at this version instead. */
  stagingVersion?: string;
  /** A main package of our own around `package`, where the maker's does not build from a module. */
  main?: string;
}

export interface Binary {
  name: string;
  version: string;
  /** What comes together and lies in one folder; the first one tells the version. */
  binaries: [BinaryTool, ...BinaryTool[]];
  versionArgs: string[];
  downloads: Partial<Record<Platform, Download>>;
  go: GoBuild[];
  /** What a build from nothing took on two cores, download of its modules included. */
  buildSeconds: number;
}

const perPlatform = (of: (os: string, arch: string, platform: Platform) => Download | undefined) =>
  Object.fromEntries(
    platforms.flatMap((platform) => {
      const download = of(...(platform.split("-") as [string, string]), platform);
      return download ? [[platform, download]] : [];
    }),
  );

/** Of the CLI; the SDK's is the same. */
export const pulumiVersion = "3.245.0";

const pulumi: Binary = {
  name: "pulumi",
  version: pulumiVersion,
  // The CLI looks for its language host next to itself: one folder for both.
  binaries: ["pulumi", "pulumi-language-nodejs"],
  versionArgs: ["version"],
  downloads: perPlatform((os, arch) => {
    const release = `https://github.com/pulumi/pulumi/releases/download/v${pulumiVersion}`;
    return {
      url: `${release}/pulumi-v${pulumiVersion}-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`,
      sums: `${release}/pulumi-${pulumiVersion}-checksums.txt`,
      archiveFolder: "pulumi",
    };
  }),
  go: [
    {
      binary: "pulumi",
      module: "github.com/pulumi/pulumi/pkg/v3",
      version: `v${pulumiVersion}`,
      package: "cmd/pulumi",
      set: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pulumiVersion}` },
    },
    {
      binary: "pulumi-language-nodejs",
      module: "github.com/pulumi/pulumi/sdk/v3",
      // The last version whose language host is part of this module; it runs today's SDK.
      version: "v3.66.0",
      package: "nodejs/cmd/pulumi-language-nodejs",
    },
  ],
  buildSeconds: 270,
};

const helmSums: Record<Platform, string> = {
  "linux-amd64": "1e4ab49e429626cf6c6958d914248b78c9730803c2751b87627e171dc800e7bb",
  "linux-arm64": "f14e804dfee240f55525b667488fe9adca349e63e00c9af634c0beb1421ac310",
  "darwin-amd64": "bd1d09f316558dda23698527859600936fed1371021ce0f2272d66b2fdcfa69c",
  "darwin-arm64": "4c9982a6cdeb458b60258df66b55398ca5b19293f6877faffe2909ad6f23dfe0",
};

const helm: Binary = {
  name: "helm",
  version: "3.22.0",
  binaries: ["helm"],
  versionArgs: ["version", "--short"],
  downloads: perPlatform((_os, _arch, platform) => ({
    url: `https://get.helm.sh/helm-v3.22.0-${platform}.tar.gz`,
    sha256: helmSums[platform],
    archiveFolder: platform,
  })),
  go: [{
    binary: "helm", module: "helm.sh/helm/v3", version: "v3.22.0", package: "cmd/helm",
    set: { "helm.sh/helm/v3/internal/version.version": "v3.22.0" },
  }],
  buildSeconds: 70,
};

const kwokSums: Partial<Record<Platform, string>> = {
  "linux-amd64": "f5a4385a2ae1b9dd7f8acae18e002a75c0ebba124ae9d7259aa8dadb50711f46",
  "linux-arm64": "628f7d277860f524a2a775c217adcc58828e7b59ab0933680315784f1b8b0e37",
  "darwin-arm64": "69a064ec98d37844d9d742b5b28ff57825659a983ccc3e208daa6948b94d64ba",
};

const kwok: Binary = {
  name: "kwok",
  version: "0.8.0",
  binaries: ["kwok"],
  versionArgs: ["--version"],
  downloads: perPlatform((_os, _arch, platform) =>
    kwokSums[platform]
      ? {
          url: `https://github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-${platform}`,
          sha256: kwokSums[platform],
        }
      : undefined,
  ),
  go: [{ binary: "kwok", module: "sigs.k8s.io/kwok", version: "v0.8.0", package: "cmd/kwok" }],
  buildSeconds: 70,
};

const kind: Binary = {
  name: "kind",
  version: "0.33.0",
  binaries: ["kind"],
  versionArgs: ["version"],
  downloads: perPlatform((_os, _arch, platform) => {
    const url = `https://github.com/kubernetes-sigs/kind/releases/download/v0.33.0/kind-${platform}`;
    return { url, sums: `${url}.sha256sum` };
  }),
  go: [{ binary: "kind", module: "sigs.k8s.io/kind", version: "v0.33.0", package: "cmd/kind" }],
  buildSeconds: 60,
};

/** One program of the Kubernetes release; the servers are published for Linux only. */
const kubernetes = (binary: BinaryTool, versionArgs: string[], buildSeconds: number): Binary => ({
  name: binary,
  version: "1.36.3",
  binaries: [binary],
  versionArgs,
  downloads: perPlatform((os, arch) => {
    if (os !== "linux" && binary !== "kubectl") return undefined;
    const url = `https://dl.k8s.io/release/v1.36.3/bin/${os}/${arch}/${binary}`;
    return { url, sums: `${url}.sha256` };
  }),
  go: [
    {
      binary,
      module: "k8s.io/kubernetes",
      version: "v1.36.3",
      package: `cmd/${binary}`,
      stagingVersion: "v0.36.3",
      set: {
        "k8s.io/component-base/version.gitVersion": "v1.36.3",
        "k8s.io/component-base/version.gitMajor": "1",
        "k8s.io/component-base/version.gitMinor": "36",
      },
    },
  ],
  buildSeconds,
});

const etcd: Binary = {
  name: "etcd",
  // The version that Kubernetes 1.36 is built against.
  version: "3.6.8",
  binaries: ["etcd"],
  versionArgs: ["--version"],
  downloads: perPlatform((os, _arch, platform) => {
    const release = "https://github.com/etcd-io/etcd/releases/download/v3.6.8";
    return {
      url: `${release}/etcd-v3.6.8-${platform}.${os === "darwin" ? "zip" : "tar.gz"}`,
      sums: `${release}/SHA256SUMS`,
      archiveFolder: `etcd-v3.6.8-${platform}`,
    };
  }),
  go: [
    {
      binary: "etcd",
      module: "go.etcd.io/etcd/server/v3",
      version: "v3.6.8",
      package: "etcdmain",
      main: [
        "package main",
        'import ("os"; "go.etcd.io/etcd/server/v3/etcdmain")',
        "func main() { etcdmain.Main(os.Args) }",
        "",
      ].join("\n"),
    },
  ],
  buildSeconds: 35,
};

const kubeScore: Binary = {
  name: "kube-score",
  version: "1.20.0",
  binaries: ["kube-score"],
  versionArgs: ["version"],
  downloads: perPlatform((os, arch) => {
    const release = "https://github.com/zegl/kube-score/releases/download/v1.20.0";
    return {
      url: `${release}/kube-score_1.20.0_${os}_${arch}.tar.gz`,
      sums: `${release}/checksums.txt`,
      archiveFolder: ".",
    };
  }),
  go: [{
    binary: "kube-score", module: "github.com/zegl/kube-score", version: "v1.20.0", package: "cmd/kube-score",
    set: { "main.version": "1.20.0" },
  }],
  buildSeconds: 30,
};

const actionlint: Binary = {
  name: "actionlint",
  version: "1.7.12",
  binaries: ["actionlint"],
  versionArgs: ["-version"],
  downloads: perPlatform((os, arch) => {
    const release = "https://github.com/rhysd/actionlint/releases/download/v1.7.12";
    return {
      url: `${release}/actionlint_1.7.12_${os}_${arch}.tar.gz`,
      sums: `${release}/actionlint_1.7.12_checksums.txt`,
      archiveFolder: ".",
    };
  }),
  go: [{
    binary: "actionlint", module: "github.com/rhysd/actionlint", version: "v1.7.12", package: "cmd/actionlint",
    set: { "github.com/rhysd/actionlint.version": "1.7.12" },
  }],
  buildSeconds: 15,
};

/** In the order in which they are fetched or built. */
export const binaries: Binary[] = [
  pulumi,
  helm,
  kubernetes("kubectl", ["version", "--client"], 60),
  etcd,
  // The first of the three compiles what they share.
  kubernetes("kube-apiserver", ["--version"], 190),
  kubernetes("kube-controller-manager", ["--version"], 60),
  kubernetes("kube-scheduler", ["--version"], 10),
  kwok,
  kind,
  kubeScore,
  actionlint,
];

/** The provider plugins by the name that the Pulumi CLI knows them by; their versions are those of the npm packages. */
export const plugins: Record<PluginTool, string> = {
  "pulumi-resource-kubernetes": "kubernetes",
  "pulumi-resource-random": "random",
};

export const isPlugin = (tool: Tool): tool is PluginTool => tool in plugins;
