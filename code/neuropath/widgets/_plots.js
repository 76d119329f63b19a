// Plots: axes, tints, marks, knobs, dragging.
import { clamp, fmt, html, svg } from "./_common.js";

const MARGIN = { left: 36, right: 10, top: 10, bottom: 34 };

// Axes with ticks. `stage` clips what is drawn in it, `top` does not; both count from the plot area's corner.
export function plot({ x, y, width, height, xlabel, ylabel, xticks, yticks, label, xname = fmt, yname = fmt }) {
  const w = width - MARGIN.left - MARGIN.right, h = height - MARGIN.top - MARGIN.bottom;
  const X = (v) => ((v - x[0]) / (x[1] - x[0])) * w;
  const Y = (v) => h - ((v - y[0]) / (y[1] - y[0])) * h;
  const text = (px, py, anchor, words, more = {}) => svg("text", { x: px, y: py, "text-anchor": anchor, ...more }, words);
  const grid = svg("g", { class: "npx-grid" });
  for (const v of xticks) grid.append(svg("line", { x1: X(v), x2: X(v), y1: 0, y2: h }), text(X(v), h + 15, "middle", xname(v, 0)));
  for (const v of yticks) grid.append(svg("line", { x1: 0, x2: w, y1: Y(v), y2: Y(v) }), text(-6, Y(v) + 4, "end", yname(v, 0)));
  const stage = svg("svg", { width: w, height: h, overflow: "hidden" });
  const top = svg("g");
  const labels = [
    text(w / 2, h + 31, "middle", xlabel, { class: "npx-axis" }),
    ylabel ? text(-28, h / 2, "middle", ylabel, { class: "npx-axis", transform: `rotate(-90 -28 ${h / 2})` }) : null,
  ];
  const inner = svg("g", { transform: `translate(${MARGIN.left} ${MARGIN.top})` }, grid, stage, labels, top);
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, inner);
  const canvas = html("canvas", { "aria-hidden": "true", width: 150, height: 150 });
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(canvas.style, {
    left: percent(MARGIN.left, width), top: percent(MARGIN.top, height), width: percent(w, width), height: percent(h, height),
  });
  const node = html("div", { class: "npx-plot", style: `max-width:${1.25 * width}px` }, canvas, picture);
  const at = (event) => { // pointer → data
    const box = picture.getBoundingClientRect();
    const px = ((event.clientX - box.left) / box.width) * width - MARGIN.left;
    const py = ((event.clientY - box.top) / box.height) * height - MARGIN.top;
    return [x[0] + (px / w) * (x[1] - x[0]), y[0] + ((h - py) / h) * (y[1] - y[0])];
  };
  return { node, picture, canvas, stage, top, X, Y, x, y, w, h, at };
}

// Tint the plot area by f(x, y) in -1 … 1: towards class 0's colour below zero, class 1's above; `most` of 255 at ±1.
export function tint({ canvas, x, y }, f, most = 62) {
  const style = getComputedStyle(canvas), n = canvas.width, m = canvas.height;
  const rgb = (key) => [1, 3, 5].map((i) => parseInt(style.getPropertyValue(key).trim().slice(i, i + 2), 16));
  const below = rgb("--npx-class0"), above = rgb("--npx-class1");
  const context = canvas.getContext("2d"), pixels = context.createImageData(n, m), { data } = pixels;
  for (let i = 0, p = 0; i < m; i++) {
    const v = y[1] - ((i + 0.5) / m) * (y[1] - y[0]);
    for (let j = 0; j < n; j++, p += 4) {
      const value = clamp(f(x[0] + ((j + 0.5) / n) * (x[1] - x[0]), v), -1, 1), colour = value > 0 ? above : below;
      data[p] = colour[0];
      data[p + 1] = colour[1];
      data[p + 2] = colour[2];
      data[p + 3] = most * Math.abs(value);
    }
  }
  context.putImageData(pixels, 0, 0);
}

export const place = (node, attributes) => Object.entries(attributes).forEach(([k, v]) => node.setAttribute(k, v));
export const path = (p, points) => points.map(([a, b], i) => `${i ? "L" : "M"}${p.X(a).toFixed(2)} ${p.Y(b).toFixed(2)}`).join("");
export const line = (node, p, [a, b]) => place(node, { x1: p.X(a[0]), y1: p.Y(a[1]), x2: p.X(b[0]), y2: p.Y(b[1]) });

// A mark for a class: circle for 1, cross for 0, with a ring that shows only when `wrong` is set on it.
export function mark(label, size = 6) {
  const c = size * 0.8;
  const shape = label ? svg("circle", { r: size }) : svg("path", { d: `M${-c} ${-c}L${c} ${c}M${-c} ${c}L${c} ${-c}` });
  const ring = svg("circle", { class: "npx-ring", r: size + 5 });
  return svg("g", { class: `npx-mark class${label}` }, ring, shape);
}

// An entry of a legend: a piece of the curve of that class, and what it stands for.
export const key = (kind, text) =>
  html("span", {}, svg("svg", { viewBox: "0 0 26 12", class: "npx-swatch", "aria-hidden": "true" }, svg("path", { class: `npx-curve ${kind}`, d: "M1 6H25" })), text);

// The same for something filled.
export const patch = (kind, text) =>
  html("span", {}, svg("svg", { viewBox: "0 0 26 12", class: "npx-swatch", "aria-hidden": "true" }, svg("rect", { class: kind, x: 1, y: 1, width: 24, height: 10 })), text);

// A knob to grab: a small disc with a reach of 20 units around it, enough for a finger.
export const knob = (kind) =>
  svg("g", { class: `npx-knob ${kind}` }, svg("circle", { class: "npx-reach", r: 20 }), svg("circle", { r: 9 }));

export function arrow(kind) {
  const shaft = svg("line"), head = svg("path", { d: "M0 0L-11 -5.5L-11 5.5Z" });
  const node = svg("g", { class: `npx-arrow ${kind}` }, shaft, head);
  const set = (p, from, to) => {
    line(shaft, p, [from, to]);
    const turn = Math.atan2(p.Y(to[1]) - p.Y(from[1]), p.X(to[0]) - p.X(from[0])) * (180 / Math.PI);
    head.setAttribute("transform", `translate(${p.X(to[0])} ${p.Y(to[1])}) rotate(${turn})`);
  };
  return { node, set };
}

// Mouse, pen and finger alike. `start` may return what `move` gets back as its second argument.
// A finger on `node` does not scroll the page, unless `pan`: touch-action has no effect on shapes inside an SVG.
export function drag(node, p, { start = () => null, move, pan = false }) {
  let held = null;
  if (!pan) node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  node.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    node.setPointerCapture(event.pointerId);
    held = { memory: start(p.at(event)) };
    move(p.at(event), held.memory);
  });
  node.addEventListener("pointermove", (event) => held && move(p.at(event), held.memory));
  for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => (held = null));
}
