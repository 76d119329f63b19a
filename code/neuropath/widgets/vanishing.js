import { clamp, fmt, frame, generator, html, power, range, scientific, sigmoid, svg } from "./_common.js";
import { button, choice, slider } from "./_controls.js";
import { key, path, plot } from "./_plots.js";

export const WIDTH = 32, EXAMPLES = 16;
const DEEPEST = 30, LOG = [-20, 10]; // layers; powers of ten that the plots show
const NAMES = { sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU" };
const MARKS = { lecun: [1, "LeCun, Glorot: 1"], he: [2, "He: 2"] };
const VALUE = { sigmoid, tanh: Math.tanh, relu: (z) => Math.max(z, 0) };
const SLOPE = { sigmoid: (h) => h * (1 - h), tanh: (h) => 1 - h * h, relu: (h) => (h > 0 ? 1 : 0) }; // from the value h

// `count` numbers of the standard normal distribution (Box and Muller), the same for the same seed.
export function normals(seed, count) {
  const next = generator(seed), values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = Math.sqrt(-2 * Math.log1p(-next())) * Math.cos(2 * Math.PI * next());
  return values;
}

export function size(values) { // root mean square
  let sum = 0;
  for (const v of values) sum += v * v;
  return Math.sqrt(sum / values.length);
}

// A (rows, n) times W (n, n), or times its transpose; all flat, row by row.
function times(A, W, n, transposed) {
  const out = new Float64Array(A.length), [down, across] = transposed ? [1, n] : [n, 1];
  for (let row = 0; row < A.length; row += n) {
    for (let k = 0; k < n; k++) {
      const a = A[row + k];
      if (a === 0) continue;
      for (let j = 0, w = k * down; j < n; j++, w += across) out[row + j] += a * W[w];
    }
  }
  return out;
}

// The real thing: forward from X, back from dY, through layers Y = φ(X W) of `n` units without bias.
// Sizes of X and each layer's output, and of the gradients with respect to them, from X's to the last.
export function passes(weights, X, dY, name, n) {
  const value = VALUE[name], slope = SLOPE[name], answers = [], activations = [size(X)], gradients = [size(dY)];
  let A = X;
  for (const W of weights) {
    A = times(A, W, n, false);
    for (let i = 0; i < A.length; i++) A[i] = value(A[i]);
    answers.push(A);
    activations.push(size(A));
  }
  let G = dY;
  for (let layer = weights.length - 1; layer >= 0; layer--) {
    const H = answers[layer], delta = new Float64Array(G.length);
    for (let i = 0; i < delta.length; i++) delta[i] = G[i] * slope(H[i]);
    G = times(delta, weights[layer], n, true);
    gradients.unshift(size(G));
  }
  return { activations, gradients };
}

const NODES = range(-8.5, 8.5, 680), BELL = NODES.map((z) => Math.exp((-z * z) / 2) / (40 * Math.sqrt(2 * Math.PI)));

// Mean of f(√q z)² over a standard normal z: the trapezoid rule, exact to many digits for smooth f.
export function meanSquare(f, q) {
  const root = Math.sqrt(q);
  return NODES.reduce((sum, z, i) => sum + BELL[i] * f(root * z) ** 2, 0);
}

// Means of φ² and of φ′² where the scores have variance q; ReLU's kink is done by hand.
export const moments = (name, q) =>
  name === "relu" ? [q / 2, 1 / 2] : [meanSquare(VALUE[name], q), meanSquare((z) => SLOPE[name](VALUE[name](z)), q)];

// What infinite width predicts: q = σ²w · mean of the last layer's squares, and the gradient's square loses or
// gains a factor σ²w · mean φ′² in each layer. Sizes, as `passes` gives them.
export function theory(name, scale, depth) {
  const squares = [1], factors = [];
  let q = 0, square, slope;
  for (let layer = 0; layer < depth; layer++) {
    const next = scale * squares[layer];
    if (Math.abs(next - q) > 1e-12 * next) [square, slope] = moments(name, next); // else it stands still
    q = next;
    squares.push(square);
    factors.push(scale * slope);
  }
  const gradients = [1];
  for (const factor of factors.reverse()) gradients.unshift(gradients[0] * factor);
  return { activations: squares.map(Math.sqrt), gradients: gradients.map(Math.sqrt) };
}

let last = { seed: null }; // sliding changes the scale, not the draw

// A network of `depth` layers: the seed gives the directions, `scale` = σ²w = n · Var(w) the size.
export function network(seed, scale, depth) {
  const n = WIDTH, factor = Math.sqrt(scale / n);
  if (last.seed !== seed) last = { seed, drawn: normals(seed, DEEPEST * n * n + 2 * EXAMPLES * n) };
  const { drawn } = last;
  const weights = Array.from({ length: depth }, (_, i) => drawn.subarray(i * n * n, (i + 1) * n * n).map((v) => v * factor));
  const rest = DEEPEST * n * n;
  return { weights, X: drawn.subarray(rest, rest + EXAMPLES * n), dY: drawn.subarray(rest + EXAMPLES * n) };
}

function panel(label, ylabel) {
  const p = plot({
    x: [0, DEEPEST + 0.5], y: LOG, width: 340, height: 270, xlabel: "layer", xticks: range(0, 30, 3), yticks: range(...LOG, 6),
    label, yname: (v) => (v ? power(v) : "1"),
  });
  const one = svg("line", { class: "npx-drop", x1: 0, x2: p.w, y1: p.Y(0), y2: p.Y(0) });
  const best = svg("g", { class: "npx-trail best" }), here = svg("g", { class: "npx-trail here" });
  p.stage.append(one, best, here);
  return { p, best, here, node: html("div", { class: "npx-main" }, html("p", { class: "npx-title" }, ylabel), p.node) };
}

const logs = (sizes) => sizes.map((v, i) => [i, Math.max(Math.log10(v), -400)]);
const dots = (p, sizes) =>
  logs(sizes).filter(([, v]) => v >= LOG[0] && v <= LOG[1]).map(([x, v]) => svg("circle", { cx: p.X(x), cy: p.Y(v), r: 3.5 }));

function render({ model, el }) {
  const get = (name) => model.get(name);
  const shell = frame({
    model, el, draw,
    label: "Explorer: how gradients vanish and explode with depth",
    hint: "A real random network of 32 units a layer. For each activation find the weight variance that keeps the gradient near 1 through 30 layers: which lies at a mark, which far from both?",
    keys: ["activation", "depth", "scale", "seed"],
  });
  const start = Object.fromEntries(["activation", "depth", "scale", "seed"].map((name) => [name, get(name)]));
  const forward = panel("Size of the activations by layer, on a logarithmic axis", "activations, forward →");
  const backward = panel("Size of the gradient by layer, on a logarithmic axis", "gradients, ← backward");
  const kind = choice({ label: "Activation", options: NAMES, change: (activation) => shell.set({ activation }) });
  const marks = choice({ label: "Initialisation, n · Var(w)", options: Object.fromEntries(Object.entries(MARKS).map(([id, [, text]]) => [id, text])), change: (id) => shell.set({ scale: MARKS[id][0] }) });
  const depth = slider({ label: "layers", name: "number of layers", min: 1, max: DEEPEST, step: 1, digits: 0, input: (value) => shell.set({ depth: value }) });
  const logScale = slider({
    label: "n · Var(w)", name: "n · Var(w), width times weight variance", min: -4, max: 7, step: 0.05, show: (v) => String(Number((2 ** v).toPrecision(3))),
    input: (value) => shell.set({ scale: Number((2 ** value).toPrecision(6)) }),
  });
  const ticks = html("datalist", { id: `npx-${Math.random().toString(36).slice(2)}` }, Object.values(MARKS).map(([v]) => html("option", { value: Math.log2(v) })));
  logScale.node.querySelector("input").setAttribute("list", ticks.id);
  const icon = svg("svg", { viewBox: "-6 -6 12 12", class: "npx-icon npx-trail here", "aria-hidden": "true" }, svg("circle", { r: 3.5 }));
  const dot = html("span", {}, icon, "this network, layer by layer");
  const sum = html("p", { class: "npx-sum" }), result = html("p", { class: "npx-result" });
  const again = button("New weights", () => shell.set({ seed: (get("seed") + 1) % 1000 }));
  shell.root.append(
    html("div", { class: "npx-columns" }, forward.node, backward.node),
    html("p", { class: "npx-legend" }, dot, key("best", "theory, infinitely wide")),
    html("div", { class: "npx-below" }, result),
    html("div", { class: "npx-row" },
      html("div", { class: "npx-panel npx-words" }, kind.node, depth.node, marks.node, logScale.node, ticks),
      html("div", { class: "npx-panel" }, sum, html("div", { class: "npx-buttons" }, again, button("Start over", () => shell.set(start))))));

  function draw() {
    const name = get("activation"), layers = get("depth"), scale = get("scale");
    const { weights, X, dY } = network(get("seed"), scale, layers);
    const real = passes(weights, X, dY, name, WIDTH), limit = theory(name, scale, layers);
    for (const [{ p, best, here }, what] of [[forward, "activations"], [backward, "gradients"]]) {
      best.replaceChildren(svg("path", { d: path(p, logs(limit[what])) }));
      here.replaceChildren(...dots(p, real[what]));
    }
    kind.set(name);
    marks.set(Object.keys(MARKS).find((id) => Math.abs(MARKS[id][0] - scale) < 1e-9));
    depth.set(layers);
    logScale.set(Math.log2(scale));
    const left = real.gradients[0] / real.gradients[layers], each = clamp(left, 1e-300, 1e300) ** (1 / layers);
    const expected = limit.gradients[0] ** (1 / layers);
    result.textContent = `${layers} layer${layers > 1 ? "s" : ""} back, the gradient is ${scientific(left)} times its size`;
    result.dataset.good = left > 0.01 && left < 100;
    sum.replaceChildren(
      html("strong", {}, `each layer multiplies it by ${fmt(each, 3)}`), html("span", {}, `on average; theory: ${fmt(expected, 3)}`),
      html("span", {}, `activations at the end: ${scientific(real.activations[layers])}`));
    shell.say(`${result.textContent}. Each layer multiplies it by ${fmt(each, 3)}.`);
  }
  return shell.close;
}

export default { render };
