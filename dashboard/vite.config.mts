import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";
import { budget } from "./build/budget.mts";
import { compressed } from "./build/compressed.mts";

const root = fileURLToPath(new URL(".", import.meta.url));
/** Where `stores serve` answers while the dashboard is worked on: `npm run dev` takes its pages from here, and everything else from there. */
const { STOREFLEET_API: api = "http://127.0.0.1:8000" } = loadEnv("development", root, "STOREFLEET_");

export default defineConfig({
  root,
  plugins: [react(), budget({ javascript: 200_000, css: 15_000 }), compressed()],
  build: {
    target: ["chrome123", "firefox121", "safari17.5"],
    // A file inside another would be against the server's rules for pages.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: Object.fromEntries(["/api", "/docs", "/openapi.json", "/health"].map((path) => [path, { target: api, changeOrigin: true, headers: { origin: api } }])) },
});
