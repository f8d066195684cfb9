// Writes .br and .gz beside each file of a built console, for web hosts that send them as they are.
//   node tools/precompress.mjs dist
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const COMPRESSED = new Set([".css", ".html", ".js", ".json", ".svg", ".wasm"]);
const dist = process.argv[2];

let written = 0;
for (const name of readdirSync(dist, { recursive: true }).map(String)) {
  // config.json is the host's to change; a stale compressed one beside it would win.
  if (!COMPRESSED.has(extname(name)) || name === "config.json") continue;
  const file = join(dist, name);
  if (existsSync(`${file}.br`) && name !== "index.html") continue; // named by content: cannot have changed
  const bytes = readFileSync(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  written += 1;
}
console.log(`precompress: ${written} files written as .br and .gz`);
