// Elements from data. Text goes in as text: nothing that the server tells is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An HTML element: `h("button", {type: "button", onclick: stop}, "Stop")`. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** A list of names and values; pairs whose value is null or undefined are left out. */
export function facts(pairs) {
  const told = pairs.filter(([, value]) => value !== null && value !== undefined);
  return h("dl", { class: "facts" }, told.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** Put `children` in place of what an element holds, unless it holds the same text already: focus and selection stay. */
export function replace(element, ...children) {
  const fresh = h("div", {}, ...children);
  if (fresh.innerHTML !== element.innerHTML) element.replaceChildren(...fresh.childNodes);
}

/** A square of a class's colour; an attribute of SVG, since styles in attributes are forbidden here. */
export function swatch([red, green, blue]) {
  const square = s("rect", { width: 12, height: 12, rx: 2, fill: `rgb(${red} ${green} ${blue})` });
  return s("svg", { class: "swatch", width: 12, height: 12, "aria-hidden": "true" }, square);
}
