import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kube } from "../../../kube";
import { freePorts, isListening } from "../../../scripts/machine/cluster/ports";
import type { Fleet } from "./fleet";
import { goModule, goProgram } from "./go-program";
import { until } from "./until";

const host = "127.0.0.1";
const certManager = { module: "github.com/cert-manager/cert-manager", version: "1.21.2" };
const pebble = { module: "github.com/letsencrypt/pebble/v2", version: "2.10.1" };

/** What of cert-manager the tests run, each as its package below `pkg/` registers itself. */
const parts = [
  "acmechallenges", "acmeorders", "certificate-shim/ingresses", "certificaterequests/acme", "certificaterequests/approver", "certificaterequests/ca", "certificaterequests/selfsigned",
  "certificates/issuing", "certificates/keymanager", "certificates/readiness", "certificates/requestmanager", "certificates/revisionmanager", "certificates/trigger", "clusterissuers", "issuers",
].map((it) => `controller/${it}`).concat("issuer/acme", "issuer/ca", "issuer/selfsigned");

/** Its own command has a module that is published nowhere. Resync, back-off and limits are the command's defaults. */
const main = `package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"${certManager.module}/pkg/controller"
${parts.map((it) => `\t_ "${certManager.module}/pkg/${it}"`).join("\n")}
	"k8s.io/apimachinery/pkg/api/resource"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	var options controller.ContextOptions
	flag.StringVar(&options.Kubeconfig, "kubeconfig", "", "")
	flag.StringVar(&options.ClusterResourceNamespace, "cluster-resource-namespace", "cert-manager", "")
	flag.StringVar(&options.HTTP01SolverImage, "acme-http01-solver-image", "", "")
	flag.Parse()
	options.KubernetesAPIQPS, options.KubernetesAPIBurst, options.MaxConcurrentChallenges = 20, 50, 60
	options.HTTP01SolverResourceRequestCPU, options.HTTP01SolverResourceRequestMemory = resource.MustParse("10m"), resource.MustParse("64Mi")
	options.HTTP01SolverResourceLimitsCPU, options.HTTP01SolverResourceLimitsMemory = resource.MustParse("100m"), resource.MustParse("64Mi")
	options.ACMEHTTP01SolverRunAsNonRoot = true
	options.DNS01CheckRetryPeriod = 10 * time.Second
	options.CertificateRequestMinimumBackoffDuration, options.CertificateRequestMaximumBackoffDuration = time.Hour, 32*time.Hour

	running, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	factory, err := controller.NewContextFactory(running, options)
	check(err)
	shared, err := factory.Build()
	check(err)
	for _, construct := range controller.Known() {
		one, err := construct(factory)
		check(err)
		go func() { check(one.Run(5, running)) }()
	}
	shared.SharedInformerFactory.Start(running.Done())
	shared.KubeSharedInformerFactory.Start(running.Done())
	shared.HTTP01ResourceMetadataInformersFactory.Start(running.Done())
	<-running.Done()
}
`;

/** The folder of cert-manager's CustomResourceDefinitions. */
const crds = () => join(goModule(certManager.module, certManager.version), "deploy/crds");

const solverMain = `package main

import (
	"flag"

	"${certManager.module}/pkg/issuer/acme/http/solver"
	"github.com/go-logr/logr"
)

func main() {
	var it solver.HTTP01Solver
	flag.IntVar(&it.ListenPort, "listen-port", 8089, "")
	flag.StringVar(&it.Domain, "domain", "", "")
	flag.StringVar(&it.Token, "token", "", "")
	flag.StringVar(&it.Key, "key", "", "")
	flag.Parse()
	panic(it.Listen(logr.Discard()))
}
`;

/** What answers an authority's question, for an image of it. */
export const acmeSolver = () => goProgram(certManager.module, certManager.version, "pkg/issuer/acme/http/solver", { name: "acmesolver", main: solverMain });

/** cert-manager's controller and an authority that speaks ACME, as processes beside a cluster. */
export class CertManager {
  /** Whether solvers answer; on this cluster their pods only pretend to run, so this process does, by what they would be told. */
  answering = true;
  private readonly folder = mkdtempSync(join(tmpdir(), "storefleet-certificates-"));
  private readonly children: ChildProcess[] = [];
  private httpPort = 0;
  private readonly solver: Server = createServer((request, response) => {
    const token = new URL(request.url ?? "/", "http://solver").pathname.split("/").pop();
    void this.kube.list("/apis/acme.cert-manager.io/v1/challenges").then((challenges) => {
      const key = this.answering && challenges.find(({ spec }) => spec?.token === token)?.spec?.key;
      response.writeHead(key ? 200 : 404).end(key || "");
    }, () => response.destroy());
  });

  /** @param fleet of a cluster that is up */
  constructor(private readonly fleet: Fleet) {}

  private get kube(): Kube {
    return this.fleet.kube;
  }

  /** What an installation of it begins with. */
  async install(): Promise<void> {
    await this.fleet.kubectl("apply", "--server-side", "--filename", crds());
    await this.fleet.kubectl("wait", "--for=condition=Established", "--filename", crds());
  }

  private start(program: string, args: string[], environment: NodeJS.ProcessEnv = {}): void {
    this.children.push(spawn(program, args, { stdio: "ignore", env: { PATH: process.env.PATH, ...environment }, cwd: this.folder }));
  }

  /** Builds what is started later, where that was never done. */
  static build(): void {
    for (const build of [this.controller, this.authority, this.names]) build();
  }
  private static controller = () => goProgram(certManager.module, certManager.version, "pkg/controller", { name: "cert-manager", main });
  private static authority = () => goProgram(pebble.module, pebble.version, "cmd/pebble");
  private static names = () => goProgram(pebble.module, pebble.version, "cmd/pebble-challtestsrv");

  /** @param solverImage of pods that answer through the ingress controller at port 80; absent: this process answers */
  async startController(solverImage?: string): Promise<void> {
    await new Promise<void>((resolve) => this.solver.listen(0, host, resolve));
    this.httpPort = solverImage ? 80 : (this.solver.address() as AddressInfo).port;
    // The look whether a solver answers goes where the authority's will.
    this.start(CertManager.controller(), ["-kubeconfig", this.fleet.variables.KUBECONFIG as string, "-acme-http01-solver-image", solverImage ?? "none"], { HTTP_PROXY: `http://${host}:${this.httpPort}` });
  }

  /** An authority to which every host is on this machine; what an issuer of its says of it. */
  async startAuthority(): Promise<object> {
    const [dns, management, acme, tls, admin] = (await freePorts([undefined, undefined, undefined, undefined, undefined])) as [number, number, number, number, number];
    this.start(CertManager.names(), ["-dnsserver", `${host}:${dns}`, "-management", `${host}:${management}`, "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-defaultIPv4", host, "-defaultIPv6", ""]);
    const keys = join(goModule(pebble.module, pebble.version), "test/certs");
    const config = {
      listenAddress: `${host}:${acme}`, managementListenAddress: `${host}:${admin}`, certificate: join(keys, "localhost/cert.pem"), privateKey: join(keys, "localhost/key.pem"),
      httpPort: this.httpPort, tlsPort: tls, domainBlocklist: ["blocked.example"], retryAfter: { authz: 1, order: 1 }, profiles: { default: { description: "as ever", validityPeriod: 7_776_000 } },
    };
    writeFileSync(join(this.folder, "pebble.json"), JSON.stringify({ pebble: config }));
    this.start(CertManager.authority(), ["-config", "pebble.json", "-dnsserver", `${host}:${dns}`], { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" });
    await until("the authority answers", () => isListening(acme));
    const caBundle = readFileSync(join(keys, "pebble.minica.pem")).toString("base64");
    return { server: `https://localhost:${acme}/dir`, caBundle, privateKeySecretRef: { name: "acme-account" } };
  }

  /** A ClusterIssuer; it is not waited for. */
  issuer = (name: string, spec: object) =>
    this.kube.apply(`/apis/cert-manager.io/v1/clusterissuers/${name}`, { apiVersion: "cert-manager.io/v1", kind: "ClusterIssuer", metadata: { name }, spec });

  /** An issuer with a certificate of its own making, as a company's authority has one. */
  async ownAuthority(name: string): Promise<void> {
    await this.kube.apply("/api/v1/namespaces/cert-manager", { apiVersion: "v1", kind: "Namespace", metadata: { name: "cert-manager" } });
    await this.issuer("self-signed", { selfSigned: {} });
    const spec = { isCA: true, commonName: "Storefleet's tests", secretName: "own-authority", issuerRef: { kind: "ClusterIssuer", name: "self-signed" } };
    await this.kube.apply("/apis/cert-manager.io/v1/namespaces/cert-manager/certificates/own-authority", { apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata: { name: "own-authority", namespace: "cert-manager" }, spec });
    await this.issuer(name, { ca: { secretName: "own-authority" } });
    await this.ready(`clusterissuers/${name}`);
  }

  /** Waits until an object of cert-manager says that it is ready. */
  ready = (path: string, seconds = 60) =>
    until(`${path} is ready`, async () => {
      const conditions = ((await this.kube.get(`/apis/cert-manager.io/v1/${path}`))?.status?.conditions ?? []) as { type: string; status: string }[];
      return conditions.some(({ type, status }) => type === "Ready" && status === "True");
    }, seconds);

  /** Takes it away from a cluster that stays, after the stores, whose challenges it has to see off. */
  async uninstall(): Promise<void> {
    await this.fleet.kubectl("delete", "--ignore-not-found", "--filename", crds());
    await this.fleet.kubectl("delete", "--ignore-not-found", "namespace", "cert-manager");
  }

  remove(): void {
    for (const child of this.children) child.kill("SIGKILL");
    this.solver.close();
    this.solver.closeAllConnections();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
