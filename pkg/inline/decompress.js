// A module that lies compressed in a text, as a response of a server that compresses: it is compiled while it is unpacked.

import { bytesOf } from "./base64.js";

export function decompress(base64) {
  const bytes = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(bytes, { headers: { "content-type": "application/wasm" } });
}
