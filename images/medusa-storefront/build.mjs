// Bundles the storefront into one file, dist/main.cjs, with what it sends to browsers, so that the image needs no node_modules;
// beside it the licences of the packages that went in. With --tests it bundles the tests instead.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";

const tests = process.argv.includes("--tests");

/** `import text from "asset:./file"`: a stylesheet or browser script as it is sent, bundled and minified. */
const assets = {
  name: "assets",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^asset:/ }, ({ path, resolveDir }) => ({ path: resolve(resolveDir, path.slice("asset:".length)), namespace: "asset" }));
    onLoad({ filter: /.*/, namespace: "asset" }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], bundle: true, minify: true, write: false, target: "es2022" });
      return { contents: outputFiles[0].text, loader: "text" };
    });
  },
};

rmSync(tests ? "dist/test" : "dist", { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: tests ? readdirSync("test").map((name) => `test/${name}`).filter((path) => path.includes(".test.")) : ["src/main.ts"],
  outdir: tests ? "dist/test" : "dist",
  outExtension: { ".js": ".cjs" },
  bundle: true,
  // Some packages call require(), which bundles of ES modules can not offer.
  format: "cjs",
  platform: "node",
  target: "node20",
  external: ["axe-core", "jsdom"],
  plugins: [assets],
  logLevel: "warning",
  metafile: true,
});

if (!tests) {
  const folders = Object.keys(metafile.inputs).flatMap((path) => /^node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const licences = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name} ${version} (${license})\n\n${file ? readFileSync(`${folder}/${file}`, "utf8").trim() : ""}\n`;
  });
  writeFileSync("dist/LICENSES.txt", licences.join(`\n${"-".repeat(80)}\n\n`));
}
