// A line chart as SVG: axes with round numbers, a legend that tells the newest value of each line.

import { h, s } from "./dom.js";
import { figure } from "./format.js";
import { t } from "./words.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [480, 200, 42, 24, 8, 10];
const COLOURS = 8;

/** Steps of 1, 2 or 5 times a power of ten that cut a range into about five. */
export function ticks(low, high) {
  const rough = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const found = [];
  for (let at = Math.ceil(low / step); at * step <= high + step / 1e6; at++) found.push(Number((at * step).toPrecision(12)));
  return found;
}

/**
 * Draw lines over steps.
 * @param lines Map from a name to points [[step, value], …].
 * @param top the upper end of the scale; the highest value if it is left out.
 */
export function chart(title, lines, { top = null, last = 0 } = {}) {
  const told = [...lines].filter(([, points]) => points.length);
  if (!told.length) return null;
  const values = told.flatMap(([, points]) => points.map(([, value]) => value));
  const steps = told.flatMap(([, points]) => points.map(([step]) => step));
  const scale = { right: steps.reduce((most, step) => Math.max(most, step), Math.max(1, last)), high: top ?? (values.reduce((most, value) => Math.max(most, value), 0) || 1) };
  const x = (step) => LEFT + (step / scale.right) * (WIDTH - LEFT - RIGHT);
  const y = (value) => HEIGHT - BOTTOM - (value / scale.high) * (HEIGHT - BOTTOM - TOP);
  const newest = told.map(([name, points]) => `${name} ${figure(points.at(-1)[1])}`).join(", ");
  const picture = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": t("{title} by step; newest: {newest}", { title, newest }) },
    ticks(0, scale.high).map((value) => [
      s("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
      s("text", { class: "tick", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)),
    ]),
    ticks(0, scale.right).filter(Number.isInteger).map((step) => s("text", { class: "tick", x: x(step), y: HEIGHT - 6, "text-anchor": x(step) > WIDTH - RIGHT - 14 ? "end" : "middle" }, String(step))),
    told.map(([, points], index) => line(points, x, y, index)));
  return h("figure", { class: "chart" }, h("figcaption", {}, title), picture, legend(told));
}

function line(points, x, y, index) {
  const colour = `line colour-${index % COLOURS}`;
  if (points.length === 1) return s("circle", { class: `${colour} point`, cx: x(points[0][0]), cy: y(points[0][1]), r: 3 });
  return s("polyline", { class: colour, points: points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(" ") });
}

function legend(told) {
  return h("ul", { class: "legend" }, told.map(([name, points], index) =>
    h("li", {}, h("span", { class: `key colour-${index % COLOURS}`, "aria-hidden": "true" }), `${name} `, h("b", {}, figure(points.at(-1)[1])))));
}
