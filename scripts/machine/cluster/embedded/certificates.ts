import { webcrypto, X509Certificate } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonGeneralName } from "@peculiar/x509";

const day = 24 * 60 * 60 * 1000;
const validDays = 365;
/** Renewed when less than this is left. */
const marginDays = 30;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** The clients of the API server, with the user and group that Kubernetes reads from a certificate. */
const clients = {
  admin: "CN=storefleet-admin, O=system:masters",
  "controller-manager": "CN=system:kube-controller-manager, O=system:masters",
  scheduler: "CN=system:kube-scheduler",
  kwok: "CN=storefleet-kwok, O=system:masters",
} as const;
export type Client = keyof typeof clients;

/** First address of the Service range: Service `kubernetes`. */
const apiServiceAddress = "10.96.0.1";

const apiNames: JsonGeneralName[] = [
  ...["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"]
    .map((value) => ({ type: "dns" as const, value })),
  ...["127.0.0.1", "::1", apiServiceAddress].map((value) => ({ type: "ip" as const, value })),
];
const etcdNames: JsonGeneralName[] = [{ type: "dns", value: "localhost" }, { type: "ip", value: "127.0.0.1" }];

export const certificateFile = (folder: string, name: string) => join(folder, `${name}.crt`);
export const keyFile = (folder: string, name: string) => join(folder, `${name}.key`);

/** Whether all certificates in the folder are there and valid for a while. */
export function certificatesAreFresh(folder: string, now = Date.now()): boolean {
  return ["ca", "etcd-ca", "etcd", "apiserver", ...Object.keys(clients)].every((name) => {
    const file = certificateFile(folder, name);
    if (!existsSync(file) || !existsSync(keyFile(folder, name))) return false;
    return Date.parse(new X509Certificate(readFileSync(file)).validTo) - now > marginDays * day;
  });
}

/**
 * Writes everything that the control plane needs into the folder: an authority for the API and one for etcd (so that
 * no client of the API can reach the store behind it), their certificates, and the key pair that signs service account
 * tokens. That pair is made once: tokens must outlive a renewal.
 */
export async function writeCertificates(folder: string): Promise<void> {
  // Loaded only when certificates are made; x509 does not load without the first one.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(webcrypto as Crypto);
  const { BasicConstraintsExtension, KeyUsagesExtension, KeyUsageFlags, ExtendedKeyUsage } = x509;
  const notBefore = new Date(Date.now() - 5 * 60 * 1000);
  const notAfter = new Date(notBefore.getTime() + validDays * day);
  const keyPair = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]) as Promise<CryptoKeyPair>;

  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const save = async (name: string, certificate: string, key: CryptoKey) => {
    writeFileSync(certificateFile(folder, name), certificate, { mode: 0o600 });
    writeFileSync(keyFile(folder, name), await privatePem(key), { mode: 0o600 });
  };

  const authority = async (name: string, subject: string) => {
    const keys = await keyPair();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: subject, keys, notBefore, notAfter, signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    await save(name, certificate.toString("pem"), keys.privateKey);
    return { keys, certificate };
  };

  const issue = async (
    by: Awaited<ReturnType<typeof authority>>, name: string, subject: string, usages: string[], names: JsonGeneralName[] = [],
  ) => {
    const keys = await keyPair();
    const certificate = await x509.X509CertificateGenerator.create({
      subject, issuer: by.certificate.subject, publicKey: keys.publicKey, signingKey: by.keys.privateKey,
      notBefore, notAfter, signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(usages),
        await x509.AuthorityKeyIdentifierExtension.create(by.keys.publicKey),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    });
    await save(name, certificate.toString("pem"), keys.privateKey);
  };

  const [api, etcd] = await Promise.all([authority("ca", "CN=storefleet-ca"), authority("etcd-ca", "CN=storefleet-etcd-ca")]);
  await Promise.all([
    issue(api, "apiserver", "CN=kube-apiserver", [ExtendedKeyUsage.serverAuth], apiNames),
    issue(etcd, "etcd", "CN=etcd", [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth], etcdNames),
    ...Object.entries(clients).map(([name, subject]) => issue(api, name, subject, [ExtendedKeyUsage.clientAuth])),
  ]);

  if (!existsSync(keyFile(folder, "service-account"))) {
    const pair = await keyPair();
    const spki = Buffer.from(await webcrypto.subtle.exportKey("spki", pair.publicKey));
    writeFileSync(join(folder, "service-account.pub"), pem("PUBLIC KEY", spki), { mode: 0o600 });
    writeFileSync(keyFile(folder, "service-account"), await privatePem(pair.privateKey), { mode: 0o600 });
  }
}

async function privatePem(key: CryptoKey): Promise<string> {
  return pem("PRIVATE KEY", Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key)));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
