// Builds build/app.css, build/app.js, the icons the sheet names and the favicon. Run by `npm run build`.
// The folder is emptied first and, when anything fails, emptied again: Sass writes a file even when it fails.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { compile, NodePackageImporter } from "sass";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, "build");
const limits = { "app.css": 16_384, "app.js": 8_192 }; // bytes over the wire: a page has 30 kB in all
const icons = join(root, "node_modules/@ministryofjustice/frontend/moj/assets/images");

function styles() {
  const { css } = compile(join(root, "assets/app.scss"), {
    importers: [new NodePackageImporter(root)],
    loadPaths: [root],
    quietDeps: true,
    style: "compressed",
  });
  if (css.includes("@font-face")) throw new Error("The sheet names a font: GOV.UK's typeface is not for councils.");
  writeFileSync(join(out, "app.css"), css);
  return css;
}

function copyIconsNamedIn(css) {
  for (const [, name] of css.matchAll(/url\(["']?images\/([\w.-]+)["']?\)/g)) {
    mkdirSync(join(out, "images"), { recursive: true });
    copyFileSync(join(icons, name), join(out, "images", name));
  }
}

function script() {
  buildSync({
    absWorkingDir: root,
    bundle: true,
    entryPoints: ["assets/app.js"],
    format: "esm",
    legalComments: "none",
    minify: true,
    outfile: join(out, "app.js"),
    target: "es2020",
  });
}

function weigh([name, limit]) {
  const file = readFileSync(join(out, name));
  const sent = gzipSync(file, { level: 9 }).length;
  console.log(`${name}: ${file.length} bytes, ${sent} compressed`);
  if (sent > limit) throw new Error(`${name} is ${sent} bytes compressed; the limit is ${limit}.`);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
try {
  copyIconsNamedIn(styles());
  script();
  copyFileSync(join(root, "assets/favicon.svg"), join(out, "favicon.svg"));
  Object.entries(limits).forEach(weigh);
} catch (error) {
  rmSync(out, { recursive: true, force: true });
  console.error(String(error));
  process.exitCode = 1;
}
