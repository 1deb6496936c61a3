import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives each test of a suite a folder with an image of its own to build, and nothing published. */
export function useImagesCheckout(): () => string {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "storefleet-images-"));
    mkdirSync(join(root, "images/woocommerce/mu-plugins"), { recursive: true });
    writeFileSync(join(root, "images/woocommerce/Dockerfile"), "FROM wordpress\n");
    writeFileSync(join(root, "images/woocommerce/mu-plugins/shop.php"), "<?php\n");
    writeFileSync(join(root, "images/published.json"), "{}\n");
  });
  afterEach(() => rmSync(root, { recursive: true }));
  return () => root;
}
