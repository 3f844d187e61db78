// Prints, as JSON, what each file costs: its own bytes, and compressed the way web servers do it at their best.
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const costs = process.argv.slice(1).map((path) => {
  const bytes = readFileSync(path);
  const brotli = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9, memLevel: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: brotli }).length,
  };
});
console.log(JSON.stringify(costs));
