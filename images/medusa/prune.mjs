// Deletes from a node_modules folder what a running Medusa never loads: how the admin page is built (it is built already),
// tracing that nobody set up, and files for people and tools. Usage: node prune.mjs FOLDER, beside package-lock.json.
import { existsSync, readdirSync, readFileSync, rmSync, rmdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** Each goes with all that nothing else needs. The integration test proves that migrations, seed, server and worker do without. */
const unused = [
  // The admin page and what builds it.
  "@medusajs/dashboard", "@medusajs/icons", "@medusajs/js-sdk", "@medusajs/ui", "@medusajs/admin-vite-plugin", "@vitejs/plugin-react", "vite",
  "autoprefixer", "postcss", "tailwindcss", "react", "react-dom", "react-router-dom", "react-hook-form", "@ariakit/react", "@hookform/resolvers",
  "@tanstack/react-query", "@uiw/react-json-view", "radix-ui", "date-fns", "match-sorter",
  // Tracing and analytics that nobody set up, and sessions in DynamoDB instead of Redis.
  "@opentelemetry/instrumentation-pg", "@opentelemetry/resources", "@opentelemetry/sdk-node", "@opentelemetry/sdk-trace-node",
  "posthog-node", "@aws-sdk/client-dynamodb",
  // Types, and big letters in a terminal.
  "typescript", "@types/express", "@types/pluralize", "figlet",
];
const unusedFiles = /\.(map|d\.ts|d\.mts|d\.cts|md|markdown|flow|tsbuildinfo)$/i;

const folder = process.argv[2];
const lock = JSON.parse(readFileSync(join(dirname(folder), "package-lock.json"), "utf8")).packages;

const missing = unused.filter((name) => !lock[`node_modules/${name}`]);
if (missing.length) throw new Error(`prune.mjs names packages that are not installed: remove ${missing.join(", ")} from its list`);

/** Where Node finds a package that is asked for in `from`. */
function resolve(from, name) {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf("/node_modules/")))) {
    const found = `${place ? `${place}/` : ""}node_modules/${name}`;
    if (lock[found]) return found;
    if (!place) return undefined;
  }
}

/** All that the application needs, without what is unused. */
function needed() {
  const kept = new Set();
  const walk = (place) => {
    const { dependencies, optionalDependencies, peerDependencies } = lock[place];
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const found = unused.includes(name) ? undefined : resolve(place, name);
      if (!found || kept.has(found)) continue;
      kept.add(found);
      walk(found);
    }
  };
  walk("");
  return kept;
}

const kept = needed();
// Longest first, so that a package inside of another is gone before it.
for (const place of Object.keys(lock).sort((a, b) => b.length - a.length)) {
  if (place && !kept.has(place)) rmSync(join(dirname(folder), place), { recursive: true, force: true });
}

let files = 0;
let bytes = 0;
(function clean(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) clean(below);
    else if (entry.isSymbolicLink() ? !existsSync(below) : unusedFiles.test(entry.name)) rmSync(below);
    else {
      files++;
      bytes += entry.isSymbolicLink() ? 0 : statSync(below).size;
    }
  }
  if (!readdirSync(path).length) rmdirSync(path);
})(folder);
console.log(`${folder}: ${kept.size} packages, ${files} files, ${Math.round(bytes / 1e6)} MB`);
