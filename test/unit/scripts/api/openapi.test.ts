import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { projectRoot } from "../../../../config/root";
import { docsPage } from "../../../../scripts/api/http/docs-page";
import { nameOf } from "../../../../scripts/api/http/route";
import { routes } from "../../../../scripts/api/routes";
import { openApiPage } from "../../../../scripts/dev/openapi-page";

interface Parameter {
  name: string;
  in: string;
  required: boolean;
}
interface Described {
  operationId: string;
  parameters: Parameter[];
}

describe("the description of the API", () => {
  const text = readFileSync(join(projectRoot, "scripts/api/openapi.json"), "utf8");
  const description = JSON.parse(text) as { openapi: string; paths: Record<string, Record<string, Described>>; components: { schemas: Record<string, object> } };

  it("is what the routes are", () => {
    assert.equal(text, openApiPage(), "make it anew: node dist/scripts/dev/openapi-page.js > scripts/api/openapi.json");
    assert.equal(description.openapi, "3.1.0");
  });

  it("has schemas of JSON Schema 2020-12, whose references lead somewhere", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    let schemas = 0;
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      for (const [key, its] of Object.entries(value)) {
        if (key === "schema") ajv.compile({ ...(its as object), components: description.components });
        if (key === "schema") schemas += 1;
        if (key === "$ref") assert.ok(Object.hasOwn(description.components.schemas, String(its).replace("#/components/schemas/", "")), String(its));
        walk(its);
      }
    };
    walk(description);
    assert.ok(schemas > 40, `${schemas}`);
    for (const name of ["Store", "Operation", "AuditEntry", "Problem", "Health"]) assert.ok(description.components.schemas[name], name);
  });

  it("names each route, and each parameter of its path", () => {
    const all = Object.entries(description.paths).flatMap(([path, methods]) => Object.values(methods).map((its) => ({ path, ...its })));
    assert.equal(new Set(all.map(({ operationId }) => operationId)).size, all.length);
    for (const { path, parameters } of all) {
      const inPath = parameters.filter((it) => it.in === "path");
      assert.ok(inPath.every(({ required }) => required));
      assert.deepEqual(inPath.map(({ name }) => name), [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
  });

  it("is a page without a script, in which every reference leads somewhere", () => {
    const page = docsPage(routes, "1");
    assert.ok(!/<script|javascript:|\son\w+=|style=/.test(page));
    for (const it of routes.filter((each) => !each.page)) assert.ok(page.includes(`<code>${nameOf(it)}</code>`), nameOf(it));
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target = ""] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.has(target), target);
  });
});
