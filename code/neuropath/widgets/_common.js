// What the explorers share: arithmetic, then controls, plots, dragging, themes. Composed in front of each one.

// --- arithmetic ------------------------------------------------------------------------------------------
export const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
export const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

export function sigmoid(z) {
  const e = Math.exp(-Math.abs(z)); // exp only ever sees -|z|: nothing overflows
  return (z >= 0 ? 1 : e) / (1 + e);
}

export const step = (z) => (z > 0 ? 1 : 0);

// The two ends, inside the box [x0, x1] × [y0, y1] or beyond it, of the line w·x + b = 0; none when w = 0.
export function border(w, b, [x0, x1], [y0, y1]) {
  const norm = Math.hypot(...w);
  if (norm < 1e-9) return null;
  const centre = [(x0 + x1) / 2, (y0 + y1) / 2];
  const reach = Math.hypot(x1 - x0, y1 - y0);
  const off = (dot(w, centre) + b) / norm ** 2;
  const foot = [centre[0] - off * w[0], centre[1] - off * w[1]];
  const along = [(-w[1] / norm) * reach, (w[0] / norm) * reach];
  return { foot, ends: [[foot[0] - along[0], foot[1] - along[1]], [foot[0] + along[0], foot[1] + along[1]]] };
}

// --- text ------------------------------------------------------------------------------------------------
export const fmt = (v, digits = 2) => {
  const text = v.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
};

export const power = (n) =>
  `10${[...String(n)].map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])).join("")}`;

export function scientific(v) {
  if (v === 0) return "0";
  if (Math.abs(v) >= 1e-3 && Math.abs(v) < 1e4) return String(Number(v.toPrecision(3))).replace("-", "−");
  const [digits, exponent] = v.toExponential(1).split("e");
  return `${digits.replace("-", "−")} × ${power(Number(exponent))}`;
}

// --- elements --------------------------------------------------------------------------------------------
function build(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((c) => c !== null));
  return node;
}
export const html = (tag, attributes = {}, ...children) =>
  build(document.createElement(tag), attributes, children);
export const svg = (tag, attributes = {}, ...children) =>
  build(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// --- controls: real inputs, so that keyboard and screen reader work by themselves ------------------------
export function slider({ label, min, max, step: by, digits = 2, name = label, input }) {
  const shown = html("span", { class: "npx-value" });
  const range = html("input", { type: "range", min, max, step: by, "aria-label": name });
  range.addEventListener("input", () => input(Number(range.value)));
  const set = (value) => {
    if (Math.abs(Number(range.value) - value) > by / 2) range.value = value;
    shown.textContent = fmt(value, digits);
    range.setAttribute("aria-valuetext", shown.textContent);
  };
  return { node: html("label", { class: "npx-slider" }, html("span", {}, label), range, shown), set };
}

export function choice({ label, options, change }) {
  const group = `npx-${Math.random().toString(36).slice(2)}`;
  const buttons = Object.entries(options).map(([value, text]) => {
    const radio = html("input", { type: "radio", name: group, value, onchange: () => change(value) });
    return [radio, html("label", {}, radio, html("span", {}, text))];
  });
  const set = (value) => buttons.forEach(([radio]) => (radio.checked = radio.value === value));
  const row = html("span", { class: "npx-options" }, buttons.map((b) => b[1]));
  return { node: html("fieldset", { class: "npx-choice" }, html("legend", {}, label), row), set };
}

export const button = (label, click) => html("button", { type: "button", onclick: click }, label);

export const group = (legend, kind, ...nodes) =>
  html("fieldset", { class: `npx-group ${kind}` }, html("legend", {}, legend), ...nodes);

// --- the frame: theme, spoken results, the link to the model ---------------------------------------------
export function isDark() {
  const page = document.documentElement;
  const named = page.dataset.theme || page.getAttribute("theme"); // the book; Colab
  if (named === "dark" || named === "light") return named === "dark";
  const lab = document.body.dataset.jpThemeLight; // JupyterLab
  if (lab) return lab === "false";
  if (/\bvscode-(dark|light)\b/.test(document.body.className)) return /vscode-dark/.test(document.body.className);
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

// An empty explorer in `el`; `draw` runs, at most once a frame, when the model or the theme changes.
export function frame({ model, el, label, hint, keys, draw }) {
  const spoken = html("p", { class: "npx-spoken", "aria-live": "polite", "aria-atomic": "true" });
  const about = html("p", { class: "npx-hint" }, hint);
  const ownKeys = "data-lm-suppress-shortcuts"; // arrow keys are the slider's, not JupyterLab's
  const root = html("div", { class: "npx", role: "group", "aria-label": label, [ownKeys]: "true" }, about, spoken);
  root.addEventListener("keydown", (event) => /^(Arrow|Page|Home|End|Enter| )/.test(event.key) && event.stopPropagation());
  let pending = 0, saving = 0, speaking = 0, said = null;
  const redraw = () => (pending ||= requestAnimationFrame(() => { pending = 0; draw(); }));
  const theme = () => {
    const now = isDark() ? "dark" : "light";
    if (root.dataset.theme !== now) redraw();
    root.dataset.theme = now;
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const watch = new MutationObserver(theme);
  const attributeFilter = ["data-theme", "theme", "data-jp-theme-light", "class"];
  for (const node of [document.documentElement, document.body]) watch.observe(node, { attributes: true, attributeFilter });
  system.addEventListener("change", theme);
  keys.forEach((key) => model.on(`change:${key}`, redraw));
  el.append(root);
  theme();
  return {
    root,
    redraw,
    set(changes) { // at once for this and every other view of the model; to the kernel when the hand rests
      Object.entries(changes).forEach(([key, value]) => model.set(key, value));
      redraw();
      clearTimeout(saving);
      saving = setTimeout(() => model.save_changes(), 150);
    },
    say(text) { // to screen readers, once the result has settled; nothing when the page opens
      clearTimeout(speaking);
      if (said !== null && said !== text) speaking = setTimeout(() => (spoken.textContent = text), 400);
      said = text;
    },
    close() {
      [saving, speaking].forEach(clearTimeout);
      cancelAnimationFrame(pending);
      watch.disconnect();
      system.removeEventListener("change", theme);
      keys.forEach((key) => model.off(`change:${key}`, redraw));
      root.remove();
    },
  };
}

// Numbers glide from one set to the other; at once where the reader prefers no motion. Returns what stops it.
export function glide(from, to, each, milliseconds = 500) {
  const start = matchMedia("(prefers-reduced-motion: reduce)").matches ? -Infinity : performance.now();
  let frame = 0;
  const blend = (a, b, t) => (Array.isArray(a) ? a.map((v, i) => blend(v, b[i], t)) : a + (b - a) * t);
  const tick = (now) => {
    const t = clamp((now - start) / milliseconds, 0, 1);
    each(t === 1 ? to : blend(from, to, t * t * (3 - 2 * t)));
    frame = t < 1 ? requestAnimationFrame(tick) : 0;
  };
  tick(performance.now());
  return () => cancelAnimationFrame(frame);
}

// --- plots -----------------------------------------------------------------------------------------------
const MARGIN = { left: 36, right: 10, top: 10, bottom: 34 };

// Axes with ticks. `stage` clips what is drawn in it, `top` does not; both count from the plot area's corner.
export function plot({ x, y, width, height, xlabel, ylabel, xticks, yticks, label, yname = fmt }) {
  const w = width - MARGIN.left - MARGIN.right, h = height - MARGIN.top - MARGIN.bottom;
  const X = (v) => ((v - x[0]) / (x[1] - x[0])) * w;
  const Y = (v) => h - ((v - y[0]) / (y[1] - y[0])) * h;
  const text = (px, py, anchor, words, more = {}) => svg("text", { x: px, y: py, "text-anchor": anchor, ...more }, words);
  const grid = svg("g", { class: "npx-grid" });
  for (const v of xticks) grid.append(svg("line", { x1: X(v), x2: X(v), y1: 0, y2: h }), text(X(v), h + 15, "middle", fmt(v, 0)));
  for (const v of yticks) grid.append(svg("line", { x1: 0, x2: w, y1: Y(v), y2: Y(v) }), text(-6, Y(v) + 4, "end", yname(v, 0)));
  const stage = svg("svg", { width: w, height: h, overflow: "hidden" });
  const top = svg("g");
  const labels = [
    text(w / 2, h + 31, "middle", xlabel, { class: "npx-axis" }),
    ylabel ? text(-26, h / 2, "middle", ylabel, { class: "npx-axis", transform: `rotate(-90 -26 ${h / 2})` }) : null,
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

// Tint the plot area by f(x, y) in -1 … 1: towards class 0's colour below zero, class 1's above.
export function tint({ canvas, x, y }, f) {
  const style = getComputedStyle(canvas), n = canvas.width, m = canvas.height;
  const rgb = (key) => [1, 3, 5].map((i) => parseInt(style.getPropertyValue(key).trim().slice(i, i + 2), 16));
  const colours = [rgb("--npx-class0"), rgb("--npx-class1")];
  const context = canvas.getContext("2d"), pixels = context.createImageData(n, m);
  for (let i = 0, p = 0; i < m; i++) {
    const v = y[1] - ((i + 0.5) / m) * (y[1] - y[0]);
    for (let j = 0; j < n; j++, p += 4) {
      const value = clamp(f(x[0] + ((j + 0.5) / n) * (x[1] - x[0]), v), -1, 1);
      pixels.data.set(colours[value > 0 ? 1 : 0], p);
      pixels.data[p + 3] = 62 * Math.abs(value);
    }
  }
  context.putImageData(pixels, 0, 0);
}

export const place = (node, attributes) => Object.entries(attributes).forEach(([k, v]) => node.setAttribute(k, v));
export const line = (node, p, [a, b]) => place(node, { x1: p.X(a[0]), y1: p.Y(a[1]), x2: p.X(b[0]), y2: p.Y(b[1]) });

// A mark for a class: circle for 1, cross for 0, with a ring that shows only when `wrong` is set on it.
export function mark(label, size = 6) {
  const c = size * 0.8;
  const shape = label ? svg("circle", { r: size }) : svg("path", { d: `M${-c} ${-c}L${c} ${c}M${-c} ${c}L${c} ${-c}` });
  const ring = svg("circle", { class: "npx-ring", r: size + 5 });
  return svg("g", { class: `npx-mark class${label}` }, ring, shape);
}

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
