import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { projectRoot } from "../../../config/root";

/** What is missing at a property of a component's args, or at one inside it; what fits into its line is described with it. */
function missing(property: ts.PropertySignature, place: string): string[] {
  const name = `${place}.${property.name.getText()}`;
  const tags = ts.getJSDocTags(property).map(({ tagName }) => tagName.text);
  const alone = property.parent.getText().includes("\n");
  return [
    ...(alone && ts.getJSDocCommentsAndTags(property).length === 0 ? [`${name}: what it is`] : []),
    ...(alone && property.questionToken && !tags.includes("default") ? [`${name}: @default`] : []),
    ...(property.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) ? [] : [`${name}: readonly`]),
    ...(property.type && ts.isTypeLiteralNode(property.type) ? missingOf(property.type, name) : []),
  ];
}

const missingOf = (node: ts.InterfaceDeclaration | ts.TypeLiteralNode, place: string) => node.members.filter(ts.isPropertySignature).flatMap((it) => missing(it, place));

/** Every `…Args` of a source, and what is missing there. */
function argsIn(path: string, text: string): [name: string, missing: string[]][] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const interfaces = source.statements.filter(ts.isInterfaceDeclaration).filter(({ name }) => name.text.endsWith("Args"));
  return interfaces.map((it) => [it.name.text, missingOf(it, it.name.text)]);
}

const folder = join(projectRoot, "components");
const sources = () => readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts")).map((path) => join(folder, path));

describe("components' args", () => {
  it("are read-only and documented, each that can be left out with its default", () => {
    const found = sources().flatMap((path) => argsIn(path, readFileSync(path, "utf8")));
    assert.deepEqual(found.flatMap(([, missing]) => missing), []);
    const names = found.map(([name]) => name).sort();
    assert.deepEqual(names, ["AddonArgs", "BackupGatewayArgs", "ControlPlaneArgs", "GuardrailsArgs", "MailCatcherArgs", "MedusaArgs", "NetworkIsolationArgs", "ParkingPageArgs", "PolicyArgs", "ShopArgs", "StoreBackupArgs", "TraefikArgs", "WooCommerceArgs"]);
  });

  it("are told where they are not", () => {
    const text = "export interface XArgs {\n  readonly a?: string;\n  /** That. */\n  b: { c?: string };\n  /** @default 1 */\n  readonly d?: number;\n}";
    assert.deepEqual(argsIn("x.ts", text), [["XArgs", ["XArgs.a: what it is", "XArgs.a: @default", "XArgs.b: readonly", "XArgs.b.c: readonly"]]]);
  });
});
