import fs from "node:fs";
import { mock } from "node:test";

/** In these tests `Pulumi.local.yaml` has such lines among its settings, besides what it has. */
export function withSettings(...lines: string[]): void {
  const read = fs.readFileSync;
  before(() => {
    mock.method(fs, "readFileSync", ((file: string, ...how: []) => {
      const content = read(file, ...how) as unknown;
      return String(file).endsWith("Pulumi.local.yaml") ? String(content).replace(/^( +)storefleet:settings:\n/m, (key, indent: string) => key + lines.map((line) => `${indent}  ${line}\n`).join("")) : content;
    }) as typeof read);
  });
  after(() => mock.restoreAll());
}
