// How figures are written; no element, no request.

import { language, t } from "./words.js";

const STATES = {
  ...{ queued: t("queued"), pending: t("pending"), running: t("running") },
  ...{ succeeded: t("succeeded"), failed: t("failed"), cancelled: t("cancelled") },
  ...{ new: t("new"), predicted: t("predicted"), in_review: t("in review"), labelled: t("labelled"), verified: t("verified") },
};
const KINDS = { train: t("Training"), predict: t("Prediction"), evaluate: t("Evaluation") };

export const stateWord = (state) => STATES[state] ?? state;
export const kindWord = (kind) => KINDS[kind] ?? kind;
export const ended = (state) => ["succeeded", "failed", "cancelled"].includes(state);

/** "1 h 05 min", "3 min 20 s", "12 s"; seconds are left out above ten minutes, since they are a guess there. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  if (minutes >= 10) return `${minutes} min`;
  return minutes ? `${minutes} min ${String(rest).padStart(2, "0")} s` : `${rest} s`;
}

/** A moment in the reader's own zone, from seconds since 1970. */
export const moment = (seconds) => new Date(seconds * 1000).toLocaleString(language === "en" ? undefined : language, { dateStyle: "medium", timeStyle: "short" });

export function bytes(count) {
  if (count < 1e3) return `${count} B`;
  const [unit, size] = [["kB", 1e3], ["MB", 1e6], ["GB", 1e9]].findLast(([, each]) => count >= each);
  return `${(count / size).toFixed(count / size < 10 ? 1 : 0)} ${unit}`;
}

/** Three digits at most; a dash for a figure that does not exist. */
export function figure(value) {
  if (value === null || value === undefined) return "–";
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 0.01 ? value.toFixed(2) : value.toPrecision(2);
}

/** A Dice or a value of a map: whole ones too with two digits, so that 1 is not taken for a class. */
export function share(value) {
  return Number.isInteger(value) ? value.toFixed(2) : figure(value);
}

export const percent = (share) => `${share > 0 && share < 0.01 ? "<1" : Math.floor(100 * share)} %`;
