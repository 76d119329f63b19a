// What all explorers share: arithmetic, text, elements, the frame. Composed in front of each one.

// --- arithmetic ------------------------------------------------------------------------------------------
export const dot = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
export const clamp = (v, low, high) => Math.min(high, Math.max(low, v));

export function sigmoid(z) {
  const e = Math.exp(-Math.abs(z)); // exp only ever sees -|z|: nothing overflows
  return (z >= 0 ? 1 : e) / (1 + e);
}

export const step = (z) => (z > 0 ? 1 : 0);

// n + 1 numbers from one end to the other.
export const range = (from, to, n) => Array.from({ length: n + 1 }, (_, i) => from + ((to - from) * i) / n);

// Uniform numbers in 0 … 1, the same for the same seed in every browser: the mulberry32 generator.
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

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
  return `${digits.replace("-", "−")}\u00a0×\u00a0${power(Number(exponent))}`; // in one piece
}

// A count as people say it: exact below a million.
export const count = (n) =>
  n >= 1e9 ? `${fmt(n / 1e9, 1)} billion` : n >= 1e6 ? `${fmt(n / 1e6, 1)} million` : n.toLocaleString("en");

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
