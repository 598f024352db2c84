// A file by byte ranges: piece after piece, told as it comes, and after a broken connection on from where it stopped.

import { Unreachable } from "./api.js";
import { retried } from "./patience.js";
import { t } from "./words.js";

/**
 * Fetch a whole blob.
 * @param digest its SHA-256, by which the server knows it; as its entity tag it is the same for every piece.
 * @param pieceBytes the most to ask for at once.
 * @param onProgress told (bytes so far, bytes in all) after every part that arrived.
 * @returns an ArrayBuffer.
 */
export async function download(api, digest, { pieceBytes, onProgress, signal }) {
  const file = { bytes: null, got: 0 };
  while (file.bytes === null || file.got < file.bytes.length) {
    await retried(() => piece(api, digest, file, { pieceBytes, onProgress, signal }), signal);
  }
  return file.bytes.buffer;
}

async function piece(api, digest, file, { pieceBytes, onProgress, signal }) {
  const headers = { Range: `bytes=${file.got}-${file.got + pieceBytes - 1}`, "If-Range": `"${digest}"` };
  const answer = await api.send(`blobs/${digest}`, { headers, signal });
  file.bytes ??= new Uint8Array(sizeOf(answer));
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw error.name === "AbortError" ? error : new Unreachable(t("The connection broke while a volume came."));
    });
    if (done) return;
    file.bytes.set(value, file.got);
    file.got += value.length;
    onProgress(file.got, file.bytes.length);
  }
}

/** The size of the whole file: behind the slash of a range, else the length of what comes. */
export function sizeOf(answer) {
  const range = /\/(\d+)$/.exec(answer.headers.get("Content-Range") ?? "");
  return Number(range ? range[1] : answer.headers.get("Content-Length"));
}
