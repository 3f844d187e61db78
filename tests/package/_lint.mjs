// What the linters of the npm world say of the tarball: nothing, or it fails.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const bin = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));
const LINTERS = {
  publint: (tarball) => ["--strict", tarball],
  // What `require` gets is run by a fixture: it is a module there too.
  attw: (tarball) => ["--profile", "esm-only", "--no-color", "--no-emoji", "--format", "ascii", tarball],
};

export async function lint(tarball) {
  for (const [linter, args] of Object.entries(LINTERS)) {
    await promisify(execFile)(join(bin, linter), args(tarball)).catch((error) => {
      throw new Error(`${linter} found something: ${error.stdout}${error.stderr}`);
    });
  }
  return `${Object.keys(LINTERS).join(" and ")} found nothing`;
}
