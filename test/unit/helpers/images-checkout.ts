import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives each test of a suite a folder with small images of its own to build, and nothing published. */
export function useImagesCheckout(): () => string {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "storefleet-images-"));
    mkdirSync(join(root, "images/woocommerce/mu-plugins"), { recursive: true });
    writeFileSync(join(root, "images/woocommerce/Dockerfile"), "FROM wordpress\n");
    for (const name of ["medusa", "medusa-storefront"]) {
      mkdirSync(join(root, "images", name));
      writeFileSync(join(root, "images", name, "Dockerfile"), "FROM node\n");
    }
    writeFileSync(join(root, "images/woocommerce/mu-plugins/shop.php"), "<?php\n");
    writeFileSync(join(root, "images/published.json"), "{}\n");
  });
  afterEach(() => rmSync(root, { recursive: true }));
  return () => root;
}
