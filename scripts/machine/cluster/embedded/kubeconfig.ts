import { readFileSync, writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { certificateFile, keyFile, type Client } from "./certificates";

/** Writes a kubeconfig with one context, everything inside the file. */
export function writeKubeconfig(file: string, context: string, server: string, pki: string, client: Client): void {
  const data = (path: string) => readFileSync(path).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: context, cluster: { server, "certificate-authority-data": data(certificateFile(pki, "ca")) } }],
    users: [
      {
        name: context,
        user: {
          "client-certificate-data": data(certificateFile(pki, client)),
          "client-key-data": data(keyFile(pki, client)),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    "current-context": context,
  };
  writeFileSync(file, stringify(config, { lineWidth: 0 }), { mode: 0o600 });
}
