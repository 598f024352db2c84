// A server that goes away comes back: whatever needs it waits, longer each time, and the line below the head says so.

import { Unreachable } from "./api.js";
import { t } from "./words.js";

const LONGEST_MS = 8000;
const waiting = new Set();

/** Wait, unless the signal ends it. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(new DOMException("left", "AbortError"))), { once: true });
  });
}

/** Do `task`, again and again as long as the server cannot be reached. */
export async function retried(task, signal) {
  const key = {};
  try {
    for (let wait = 500; ; wait = Math.min(2 * wait, LONGEST_MS)) {
      try {
        return await task();
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        tell(key, true);
        await pause(wait, signal);
      }
    }
  } finally {
    tell(key, false);
  }
}

/** Do `task` every so often until the signal ends it; problems of the server end it, too. */
export async function repeated(task, milliseconds, signal) {
  while (!signal.aborted) {
    await retried(task, signal);
    await pause(milliseconds, signal);
  }
}

/** For what an element starts and nobody waits for: that its view was left is no fault. */
export function unlessLeft(promise) {
  return promise.catch((error) => {
    if (error.name !== "AbortError") throw error;
  });
}

function tell(key, lost) {
  lost ? waiting.add(key) : waiting.delete(key);
  const line = document.getElementById("connection");
  line.hidden = waiting.size === 0;
  line.textContent = waiting.size ? t("The server does not answer. This page goes on by itself once it does.") : "";
}
