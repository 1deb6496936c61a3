// Compiles the TypeScript sources into dist/, only when one of them changed. Plain JavaScript, because the
// launchers (scripts/stores, index.js under `pulumi`, bootstrap) need it before anything is compiled.
const fs = require("node:fs");
const path = require("node:path");
const crypto = require("node:crypto");

const root = path.dirname(__dirname);
const dist = path.join(root, "dist");
// Of the dashboard, for the tests of what it decides; the browser gets what Vite makes of it.
const folders = ["config", "kube", "components", "stores", "infra", "scripts", "dashboard/src", "test"];

/** Every .ts file below the source folders, relative to the root, sorted. */
function sources() {
  const found = ["index.ts"];
  const walk = (folder) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) walk(file);
      else if (file.endsWith(".ts") && !file.endsWith(".d.ts")) found.push(file);
    }
  };
  for (const folder of folders) if (fs.existsSync(path.join(root, folder))) walk(folder);
  return found.filter((file) => fs.existsSync(path.join(root, file))).sort();
}

/** Changes whenever a source is added, removed or edited. */
function stampOf(files) {
  const hash = crypto.createHash("sha256");
  for (const file of [...files, "scripts/build.cjs"]) {
    const { mtimeMs, size } = fs.statSync(path.join(root, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest("hex");
}

/**
 * What is started often becomes one file each: a worker then needs 0.2 instead of 0.8 CPU seconds to start, and
 * 95 instead of 150 MB. Left out of it are TypeScript and npm's dependency tree, which Pulumi's SDK loads for
 * turning functions into cloud code; no program here does that.
 */
function bundles(files) {
  const unused = path.join(root, "scripts", "empty-module.cjs");
  const plugins = files.filter((file) => /^test\/plugins\/[^/]+\/main\.ts$/.test(file));
  return [
    { entry: "scripts/cli/main.ts", outfile: "bundle/stores.js", external: ["@grpc/grpc-js"] },
    { entry: "scripts/engine/worker.ts", outfile: "bundle/worker.js", alias: { typescript: unused, "@npmcli/arborist": unused } },
    ...plugins.map((entry) => ({ entry, outfile: entry.replace(/\.ts$/, ".js") })),
  ].filter(({ entry }) => files.includes(entry));
}

/** Brings dist/ up to date; a few milliseconds when it is. Safe to call from several processes at once. */
function ensureBuilt() {
  const files = sources();
  const stamp = stampOf(files);
  const stampFile = path.join(dist, ".stamp");
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, "utf8") === stamp) return;

  const scratch = path.join(root, `dist.${process.pid}`);
  const common = { absWorkingDir: root, platform: "node", target: "node20", format: "cjs", sourcemap: "inline", logLevel: "warning" };
  const esbuild = require("esbuild");
  try {
    esbuild.buildSync({ ...common, entryPoints: files, outbase: ".", outdir: scratch, sourcesContent: false });
    for (const { entry, outfile, alias, external } of bundles(files)) {
      esbuild.buildSync({ ...common, entryPoints: [entry], outfile: path.join(scratch, outfile), alias, external, bundle: true, sourcemap: "linked" });
    }
    fs.writeFileSync(path.join(scratch, ".stamp"), stamp);
    const old = path.join(root, `dist.${process.pid}.old`);
    try {
      if (fs.existsSync(dist)) fs.renameSync(dist, old);
      fs.renameSync(scratch, dist);
    } catch (error) {
      // Another process put its own, equal build in place first.
      if (error.code !== "ENOTEMPTY" && error.code !== "ENOENT") throw error;
    }
    fs.rmSync(old, { recursive: true, force: true });
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

module.exports = { ensureBuilt };
if (require.main === module) ensureBuilt();
