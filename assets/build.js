// Builds build/app.css, build/app.js, build/autosave.js (which one page alone asks for), the icons the sheet names and the
// favicon. Run by `npm run build`.
// All is made beside and moved into place at the end, so that whoever is looking never meets a page without its style.
// When anything fails nothing is left: an old sheet must not pass for the new one.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { compile, NodePackageImporter } from "sass";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const build = join(root, "build");
const out = join(build, ".new");
const limits = { "app.css": 16_384, "app.js": 8_192, "autosave.js": 1_280 }; // bytes over the wire: a page has 30 kB in all
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
    entryPoints: ["assets/app.js", "assets/autosave.js"],
    format: "esm",
    legalComments: "none",
    minify: true,
    outdir: out,
    target: "es2020",
  });
}

function weigh([name, limit]) {
  const file = readFileSync(join(out, name));
  const sent = gzipSync(file, { level: 9 }).length;
  console.log(`${name}: ${file.length} bytes, ${sent} compressed`);
  if (sent > limit) throw new Error(`${name} is ${sent} bytes compressed; the limit is ${limit}.`);
}

function replace(name) {
  rmSync(join(build, name), { recursive: true, force: true });
  renameSync(join(out, name), join(build, name));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
try {
  copyIconsNamedIn(styles());
  script();
  copyFileSync(join(root, "assets/favicon.svg"), join(out, "favicon.svg"));
  Object.entries(limits).forEach(weigh);
  readdirSync(out).forEach(replace);
  rmSync(out, { recursive: true });
} catch (error) {
  rmSync(build, { recursive: true, force: true });
  console.error(String(error));
  process.exitCode = 1;
}
