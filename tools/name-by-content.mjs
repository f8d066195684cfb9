// Names every built file by a hash of what it holds, so that all but index.html may be cached for ever and an old
// page, script or worker never meets a newer one. Trunk runs it after each build, on the folder in TRUNK_STAGING_DIR.
// In a release, scripts and style sheets are minified first.
// Why not Trunk's own file hashes: docs/adr/0002-file-names.md.
//
// A release comes in parts, one a page (docs/adr/0004-pages-by-route.md): they are fetched here from where
// tools/wasm-bindgen left them, and index.html says which files each page needs, so that they travel beside the main one.
//
// slipway_bg.wasm becomes slipway_bg-<16 hex digits>.wasm, and every text that names it is rewritten. A file is named
// after those that it mentions are, so that a change in the wasm changes its script, and so on up to index.html.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { extname, join, parse, relative } from "node:path";

const root = process.env.TRUNK_STAGING_DIR;
if (!root) fail("TRUNK_STAGING_DIR is not set: `trunk build` runs this, not you");

// Names that must stay: the page itself.
const KEPT = new Set(["index.html"]);
const TEXT = new Set([".css", ".html", ".js", ".json", ".svg"]);

addParts();

const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
  .sort();
const texts = new Map(
  files.filter((file) => TEXT.has(extname(file))).map((file) => [file, readFileSync(join(root, file), "utf8")]),
);

if (process.env.TRUNK_PROFILE === "release") {
  for (const [file, text] of texts) texts.set(file, minify(file, text));
}

const named = new Map();
for (const file of files) name(file, []);

const page = texts.get("index.html") ?? fail("Trunk made no index.html");
checkPage(page);
console.log(`name-by-content: ${named.size} files named`);

/** Brings the parts that wasm-bindgen cut off, and tells the page about them. A development build has none. */
function addParts() {
  const made = join(process.env.CARGO_TARGET_DIR ?? "target", "wasm-bindgen", process.env.TRUNK_PROFILE ?? "debug", "slipway-parts");
  if (!existsSync(made)) return;
  const needs = JSON.parse(readFileSync(join(made, "needs.json"), "utf8"));
  for (const file of new Set(Object.values(needs).flat())) {
    if (process.env.TRUNK_PROFILE === "release") {
      execFileSync("wasm-opt", ["-Oz", join(made, file), "-o", join(root, file)], { stdio: "inherit" });
    } else {
      copyFileSync(join(made, file), join(root, file));
    }
  }
  const page = join(root, "index.html");
  const meta = `<meta name="slipway-parts" content='${JSON.stringify(needs)}'>\n</head>`;
  writeFileSync(page, readFileSync(page, "utf8").replace("</head>", () => meta));
}

/** Names one file after the files that it mentions; `path` is how we came here, to see a circle. */
function name(file, path) {
  if (named.has(file)) return;
  if (path.includes(file)) fail(`these files mention each other: ${[...path, file].join(" -> ")}`);
  if (texts.has(file)) {
    for (const other of files) {
      if (other === file || KEPT.has(other) || !mention(other).test(texts.get(file))) continue;
      name(other, [...path, file]);
      texts.set(file, texts.get(file).replaceAll(mention(other), named.get(other)));
    }
    writeFileSync(join(root, file), texts.get(file));
  }
  const bytes = readFileSync(join(root, file));
  const { dir, name: stem, ext } = parse(file);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const hashed = KEPT.has(file) ? file : join(dir, `${stem}-${hash}${ext}`);
  renameSync(join(root, file), join(root, hashed));
  named.set(file, hashed);
}

/** The same script, sheet or page in fewer bytes. */
function minify(file, text) {
  switch (extname(file)) {
    case ".css":
    case ".js":
      try {
        return execFileSync("esbuild", ["--minify", "--log-level=warning", `--loader=${extname(file).slice(1)}`], { input: text, encoding: "utf8" });
      } catch (error) {
        return fail(`esbuild did not minify ${file}: ${error.message}. Is it installed? tools/setup-node-tools does that`);
      }
    case ".json":
      return JSON.stringify(JSON.parse(text));
    case ".html":
      return text.replace(/<!--.*?-->/gs, "").replace(/\n{2,}/g, "\n");
    default:
      return text;
  }
}

/** The file's name as a whole word: not the end of a longer one, and not one that is hashed already. */
function mention(file) {
  return new RegExp(`(?<![\\w-])${file.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "g");
}

/** What the page's Content-Security-Policy would refuse, or what it names and is not there, fails the build. */
function checkPage(html) {
  const markup = html.replace(/<!--.*?-->/gs, "");
  if (/<script(?![^>]*\ssrc=)[^>]*>/.test(markup)) fail("index.html has an inline script, which its policy forbids");
  if (/<style|\sstyle=|\son\w+=/.test(markup)) fail("index.html has an inline style or handler, which its policy forbids");
  const made = new Set(named.values());
  for (const [, path] of markup.matchAll(/(?:href|src|content)=["']?\/([^"'\s>]+)/g)) {
    // The host of the app provides /config.json.
    if (path !== "config.json" && !made.has(path)) fail(`index.html names /${path}, which was not built`);
  }
}

function fail(words) {
  console.error(`name-by-content: ${words}`);
  process.exit(1);
}
