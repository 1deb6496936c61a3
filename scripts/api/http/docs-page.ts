import { z } from "zod";
import { nameOf, typed, type Route } from "./route";
import { openApi } from "./openapi";

/** The description to be read: no script, nothing from elsewhere, so that the same rules for pages hold here as everywhere. */
export function docsPage(routes: readonly Route[], version: string): string {
  const { paths, components } = openApi(routes) as { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, unknown> } };
  const described = routes.filter((it) => !it.page);
  const sections = described.map((it) => section(it, paths[it.path]![it.method]!));
  const schemas = Object.entries(components.schemas).map(([name, schema]) => `<h2 id="schema-${name}">${name}</h2>${code(schema)}`);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Storefleet API</title><link rel="stylesheet" href="/docs.css">
<h1>Storefleet API</h1>
<p>Version ${version}; for programs: <a href="/openapi.json">/openapi.json</a>. A token goes into the header <code>Authorization: Bearer TOKEN</code>, and nowhere else.
What is wrong is answered as <a href="#schema-Problem">Problem</a>, <code>application/problem+json</code>.</p>
<table><tr><th>What<th>Scope<th></tr>${described.map((it) => `<tr><td><a href="#${anchor(it)}"><code>${text(nameOf(it))}</code></a><td>${it.scope}<td>${text(it.summary)}</tr>`).join("\n")}</table>
${[...sections, ...schemas].join("\n")}
</html>
`;
}

interface Operation {
  parameters: { name: string; in: string; description?: string; schema: unknown }[];
  requestBody?: unknown;
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

function section(it: Route, { parameters, responses }: Operation): string {
  const rows = parameters.map(({ name, in: place, description = "", schema }) => `<tr><td><code>${text(name)}</code><td>${place}<td>${text(description)}<td><code>${text(JSON.stringify(schema))}</code></tr>`);
  const answers = Object.entries(responses).filter(([status]) => status !== "default").map(([status, { description, content = {} }]) => `<h3>${status} ${text(description)}</h3>${Object.entries(content).map(([type, { schema }]) => `<p>${type}</p>${code(schema)}`).join("")}`);
  const body = it.body && `<h3>Body</h3><p>${typed(it.body).type}</p>${code(z.toJSONSchema(typed(it.body).schema, { io: "input", unrepresentable: "any" }))}`;
  return `<h2 id="${anchor(it)}"><code>${text(nameOf(it))}</code></h2><p>${text(it.summary)}. Scope: ${it.scope}.</p>${it.description ? `<p>${text(it.description)}</p>` : ""}${rows.length > 0 ? `<table>${rows.join("")}</table>` : ""}${body ?? ""}${answers.join("")}`;
}

const anchor = (it: Route) => nameOf(it).replace(/[^\w]+/g, "-");
const text = (raw: string) => raw.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const code = (value: unknown) => `<pre>${text(JSON.stringify(value, null, 2)).replace(/#\/components\/schemas\/(\w+)/g, '<a href="#schema-$1">$1</a>')}</pre>`;
