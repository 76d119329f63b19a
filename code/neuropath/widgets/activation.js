import { clamp, fmt, frame, html, power, range, scientific, sigmoid, svg } from "./_common.js";
import { choice, slider } from "./_controls.js";
import { drag, key, path, place, plot } from "./_plots.js";

const LEAK = 0.1, FLOOR = -12; // the right plot ends at 10⁻¹²
const bell = (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

// The normal distribution's Φ by a series of positive terms: exact to the last digits for |z| ≤ 8.
export function normal(z) {
  let term = Math.abs(z), sum = term;
  for (let n = 3; term > 1e-18 * sum; n += 2) sum += (term *= (z * z) / n);
  return 0.5 + Math.sign(z) * bell(z) * sum;
}

// Value and slope; at the kinks of ReLU and its leaky sister the slope is the left one, as Keras takes it.
export const ACTIVATIONS = {
  sigmoid: { name: "sigmoid", f: sigmoid, slope: (z) => sigmoid(z) * sigmoid(-z) },
  tanh: { name: "tanh", f: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  relu: { name: "ReLU", f: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0), kink: true },
  leaky: { name: "leaky ReLU", f: (z) => (z > 0 ? z : LEAK * z), slope: (z) => (z > 0 ? 1 : LEAK), kink: true },
  gelu: { name: "GELU", f: (z) => z * normal(z), slope: (z) => normal(z) + z * bell(z) },
};
export const valueOf = (name, z) => ACTIVATIONS[name].f(z);
export const slopeOf = (name, z) => ACTIVATIONS[name].slope(z);
export const product = (slope, depth) => slope ** depth;

// The steepest place of each: 0.25 for the sigmoid, 1 for tanh and ReLU, 1.129 for GELU (at z = √2).
export const STEEPEST = { sigmoid: 0, tanh: 0, relu: 1, leaky: 1, gelu: Math.SQRT2 };

const Z = [-5, 5];

function curvePlot(name) {
  const flat = name === "sigmoid" || name === "tanh", y = name === "sigmoid" ? [-0.2, 1.2] : flat ? [-1.25, 1.25] : [-1.25, 5.25];
  const p = plot({
    x: Z, y, width: 340, height: 290, xlabel: "z", xticks: [-4, -2, 0, 2, 4], yticks: name === "sigmoid" ? [0, 0.5, 1] : flat ? [-1, 0, 1] : [-1, 0, 1, 2, 3, 4, 5], yname: (v) => fmt(v, v % 1 ? 1 : 0),
    label: `${ACTIVATIONS[name].name} and its slope`,
  });
  const samples = range(...Z, 400), { f, slope, kink } = ACTIVATIONS[name];
  const bends = kink ? [[[Z[0], slope(-1)], [0, slope(-1)]], [[0, slope(1)], [Z[1], slope(1)]]] : [samples.map((z) => [z, slope(z)])];
  p.stage.append(
    svg("path", { class: "npx-curve value", d: path(p, samples.map((z) => [z, f(z)])) }),
    svg("path", { class: "npx-curve slope", d: bends.map((bend) => path(p, bend)).join("") }));
  const parts = {
    p,
    tangent: svg("line", { class: "npx-tangent" }),
    drop: svg("line", { class: "npx-drop" }),
    point: svg("circle", { class: "npx-point value", r: 7 }),
    foot: svg("circle", { class: "npx-point slope", r: 5 }),
  };
  p.stage.append(parts.drop, parts.tangent);
  p.top.append(parts.foot, parts.point);
  return parts;
}

function depthPlot() {
  const p = plot({
    x: [0, 20.5], y: [FLOOR, 1.6], width: 340, height: 290, xlabel: "layers", xticks: [0, 5, 10, 15, 20], yticks: [-12, -9, -6, -3, 0],
    label: "What is left of the gradient after so many layers, on a logarithmic axis", yname: (v) => (v ? power(v) : "1"),
  });
  const best = svg("g", { class: "npx-trail best" }), here = svg("g", { class: "npx-trail here" });
  p.stage.append(best, here);
  return { p, best, here };
}

// The products slope¹ … slope^depth as dots on a line; a slope of 0 falls straight out of the picture.
function drawTrail(node, p, slope, depth) {
  const height = (n) => (slope === 0 && n > 0 ? 2 * FLOOR : Math.max(n * Math.log10(slope || 1), 2 * FLOOR));
  const points = range(0, depth, depth).map((n) => [n, height(n)]);
  node.replaceChildren(
    svg("path", { d: path(p, points) }),
    ...points.filter(([, h]) => h >= FLOOR - 0.2).map(([n, h]) => svg("circle", { cx: p.X(n), cy: p.Y(h), r: 3.5 })));
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const shell = frame({
    model, el, draw,
    label: "Explorer: an activation, its slope, and depth",
    hint: "Drag over the curve. Each layer multiplies the gradient by its slope: what is left when all of them sit at this z? Where does most survive, and which activation can keep it all?",
    keys: ["activation", "z", "depth"],
  });
  const names = Object.fromEntries(Object.entries(ACTIVATIONS).map(([id, { name }]) => [id, name]));
  const kind = choice({ label: "Activation", options: names, change: (activation) => shell.set({ activation }) });
  const z = slider({ label: "z", name: "input z", min: Z[0], max: Z[1], step: 0.05, input: (value) => shell.set({ z: value }) });
  const depth = slider({ label: "layers", name: "number of layers", min: 1, max: 20, step: 1, digits: 0, input: (value) => shell.set({ depth: value }) });
  const slot = html("div", {}), right = depthPlot();
  const sum = html("p", { class: "npx-sum" }), result = html("p", { class: "npx-result" }), note = html("p", { class: "npx-news" });
  let left = null, drawn = null;

  function useCurve(name) {
    left = curvePlot(name);
    drawn = name;
    drag(left.p.picture, left.p, { pan: true, move: (at) => shell.set({ z: Math.round(clamp(at[0], ...Z) * 20) / 20 }) });
    left.p.picture.classList.add("npx-sweep");
    slot.replaceChildren(left.p.node);
  }

  shell.root.append(
    html("div", { class: "npx-panel" }, kind.node, result),
    html("div", { class: "npx-columns npx-below" },
      html("div", { class: "npx-main" }, slot, html("p", { class: "npx-legend" }, key("value", "activation f(z)"), key("slope", "slope f′(z)")), z.node),
      html("div", { class: "npx-main" }, right.p.node, html("p", { class: "npx-legend" }, key("here", "at this z"), key("best", "at the steepest z")), depth.node)),
    html("div", { class: "npx-row" }, sum, note));

  function drawPoint(at, value, slope) {
    const { p } = left, reach = 1.6 / Math.hypot(1, slope);
    const ends = [-reach, reach].map((d) => [p.X(at + d), p.Y(value + slope * d)]);
    place(left.tangent, { x1: ends[0][0], y1: ends[0][1], x2: ends[1][0], y2: ends[1][1] });
    place(left.drop, { x1: p.X(at), x2: p.X(at), y1: p.Y(Math.min(value, slope)), y2: p.Y(Math.max(value, slope)) });
    place(left.point, { cx: p.X(at), cy: p.Y(value) });
    place(left.foot, { cx: p.X(at), cy: p.Y(slope) });
  }

  function remark(name, at, slope, best) {
    if (ACTIVATIONS[name].kink && at === 0) return "At the kink there is no slope; the left one is taken, as Keras does.";
    if (name === "relu") return slope ? "On this side ReLU passes the gradient on unchanged, at any depth." : "On this side nothing passes: a unit that stays here no longer learns.";
    if (name === "leaky") return slope === 1 ? "Unchanged on this side; below zero a tenth passes." : "A tenth passes: little, but the unit can still learn.";
    if (best > 1) return "GELU’s slope slightly exceeds 1 around z = √2: over many layers even that adds up.";
    return best < 1 ? `Even at its steepest, only ${scientific(best)} passes through each layer.` : "At z = 0 all passes; on either side less and less.";
  }

  function draw() {
    const name = get("activation"), at = get("z"), layers = get("depth");
    if (drawn !== name) useCurve(name);
    const value = valueOf(name, at), slope = slopeOf(name, at), best = slopeOf(name, STEEPEST[name]);
    drawPoint(at, value, slope);
    drawTrail(right.best, right.p, best, layers);
    drawTrail(right.here, right.p, slope, layers);
    kind.set(name);
    z.set(at);
    depth.set(layers);
    const left1 = scientific(product(slope, layers));
    sum.replaceChildren(
      html("strong", {}, `f(${fmt(at)}) = ${fmt(value, 3)}`), html("strong", {}, `f′(${fmt(at)}) = ${fmt(slope, 3)}`),
      html("span", {}, `at its steepest, f′ = ${fmt(best, 3)}`));
    result.textContent = `After ${layers} layer${layers > 1 ? "s" : ""} the gradient is multiplied by ${left1}`;
    result.dataset.good = product(slope, layers) > 0.1;
    note.textContent = remark(name, at, slope, best);
    shell.say(`${names[name]} of ${fmt(at)} is ${fmt(value, 3)}, slope ${fmt(slope, 3)}. ${result.textContent}.`);
  }
  return shell.close;
}

export default { render };
