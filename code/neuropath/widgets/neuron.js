import { border, clamp, dot, fmt, frame, html, sigmoid, step, svg } from "./_common.js";
import { button, choice, group, slider } from "./_controls.js";
import { arrow, drag, knob, line, mark, place, plot, tint } from "./_plots.js";

const ACTIVATIONS = { step, sigmoid, tanh: Math.tanh, relu: (z) => Math.max(z, 0) };
const NAMES = { step: "step", sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU" };
const LIMIT = 3; // the plane shows -3 … 3

export const score = (weights, bias, x) => dot(weights, x) + bias;
// How far x lies from the border, on the arrow's side when positive: the score in units of the arrow's length.
export const distance = (weights, bias, x) => score(weights, bias, x) / Math.hypot(...weights);
export const activate = (name, z) => ACTIVATIONS[name](z);

// Which points the neuron puts on the wrong side: class 1 is where the score is positive.
export const wrongSide = (weights, bias, points, labels) =>
  points.map((x, i) => i).filter((i) => step(score(weights, bias, points[i])) !== labels[i]);

// Rosenblatt's rule on the first wrong point at or after `from`, around the end: {weights, bias, index} or null.
export function perceptronStep(weights, bias, points, labels, from = 0) {
  const wrong = wrongSide(weights, bias, points, labels);
  if (!wrong.length) return null;
  const index = wrong.find((i) => i >= from) ?? wrong[0];
  const error = labels[index] - step(score(weights, bias, points[index]));
  return { weights: weights.map((w, i) => w + error * points[index][i]), bias: bias + error, index, error };
}

// How strongly to tint: the activation, brought to -1 … 1; step and sigmoid turn at 0.5, tanh and ReLU at 0.
export function strength(name, z) {
  const a = activate(name, z);
  if (name === "relu") return clamp(a / 4, 0, 1);
  return name === "tanh" ? a : 2 * a - 1;
}

function scene() {
  const ticks = [-3, -2, -1, 0, 1, 2, 3], range = [-LIMIT, LIMIT];
  const p = plot({
    x: range, y: range, width: 360, height: 360, xlabel: "x₁", ylabel: "x₂", xticks: ticks, yticks: ticks,
    label: "The plane of the two inputs, cut by the neuron's border",
  });
  const parts = {
    p,
    edge: svg("line", { class: "npx-line neuron" }),
    reach: svg("line", { class: "npx-line-reach" }),
    marks: svg("g"),
    picked: svg("circle", { class: "npx-picked", r: 15, visibility: "hidden" }),
    drop: svg("line", { class: "npx-drop probe" }),
    weight: arrow("neuron"),
    tip: knob("neuron"),
    probe: svg("g", { class: "npx-knob probe" }, svg("circle", { class: "npx-reach", r: 20 }), svg("path", { d: "M0 -9L9 0L0 9L-9 0Z" })),
  };
  p.stage.append(parts.edge, parts.reach, parts.drop, parts.marks, parts.picked);
  p.top.append(parts.weight.node, parts.tip, parts.probe);
  return parts;
}

function legend() {
  const icon = (node) => svg("svg", { viewBox: "-12 -12 24 24", class: "npx-icon", "aria-hidden": "true" }, node);
  const wrong = svg("circle", { class: "npx-ring-sample", r: 9 });
  const probe = svg("g", { class: "npx-knob probe" }, svg("path", { d: "M0 -9L9 0L0 9L-9 0Z" }));
  const entries = [[mark(1), "class 1"], [mark(0), "class 0"], [wrong, "wrong side"], [probe, "input x"]];
  return html("p", { class: "npx-legend" }, entries.map(([node, text]) => html("span", {}, icon(node), text)));
}

function render({ model, el }) {
  const get = (key) => model.get(key);
  const start = { weights: get("weights"), bias: get("bias"), probe: get("probe") };
  let cursor = 0, picked = null, news = "";
  const parts = scene(), { p } = parts;
  const shell = frame({
    model, el, draw,
    label: "Explorer: a neuron and its half-plane",
    hint: "Drag the arrow’s tip, the line or the diamond. Can you free every point of its ring? And when the arrow only grows longer, does the border stay where it is?",
    keys: ["weights", "bias", "probe", "activation", "points", "labels"],
  });
  const change = (changes) => { picked = null; news = ""; shell.set(changes); };

  const round = (v) => Math.round(v * 100) / 100;
  const inside = (point) => point.map((v) => round(clamp(v, -LIMIT, LIMIT)));
  drag(parts.tip, p, { move: (at) => change({ weights: inside(at) }) });
  drag(parts.probe, p, { move: (at) => shell.set({ probe: inside(at) }) });
  drag(parts.reach, p, {
    start: (at) => get("bias") + dot(get("weights"), at), // keeps the line under the finger
    move: (at, held) => change({ bias: round(clamp(held - dot(get("weights"), at), -6, 6)) }),
  });

  const part = (key, i) => (value) => change({ [key]: get(key).map((old, j) => (i === j ? value : old)) });
  const sliders = {
    w1: slider({ label: "w₁", name: "w₁, weight 1", min: -3, max: 3, step: 0.05, input: part("weights", 0) }),
    w2: slider({ label: "w₂", name: "w₂, weight 2", min: -3, max: 3, step: 0.05, input: part("weights", 1) }),
    b: slider({ label: "b", name: "b, bias", min: -6, max: 6, step: 0.05, input: (bias) => change({ bias }) }),
    x1: slider({ label: "x₁", name: "x₁, input 1", min: -3, max: 3, step: 0.05, input: part("probe", 0) }),
    x2: slider({ label: "x₂", name: "x₂, input 2", min: -3, max: 3, step: 0.05, input: part("probe", 1) }),
  };
  const kind = choice({ label: "Activation", options: NAMES, change: (activation) => shell.set({ activation }) });

  function learn() {
    const next = perceptronStep(get("weights"), get("bias"), get("points"), get("labels"), cursor);
    if (!next) {
      news = "Every point is on its own side: the rule has nothing left to change.";
      return shell.redraw();
    }
    const sign = next.error > 0 ? "+" : "−", point = get("points")[next.index].map((v) => fmt(v, 1)).join(", ");
    cursor = (next.index + 1) % get("points").length;
    shell.set({ weights: next.weights.map(round), bias: round(next.bias) });
    picked = next.index;
    news = `(${point}) is class ${next.error > 0 ? 1 : 0} and was on the wrong side: w ← w ${sign} x, b ← b ${sign} 1.`;
  }
  const restart = () => { cursor = 0; change(start); };

  const sum = html("p", { class: "npx-sum" }), result = html("p", { class: "npx-result" }), told = html("p", { class: "npx-news" });
  const verdict = html("div", { class: "npx-panel" }, result, html("div", { class: "npx-buttons" }, button("Perceptron step", learn), button("Start over", restart)), told);
  const controls = html("div", { class: "npx-panel" },
    group("Neuron", "neuron", sliders.w1.node, sliders.w2.node, sliders.b.node),
    group("Input", "probe", sliders.x1.node, sliders.x2.node),
    kind.node, sum);
  shell.root.append(html("div", { class: "npx-columns" }, html("div", { class: "npx-main" }, p.node, legend(), verdict), controls));

  function drawNeuron(weights, bias, probe) {
    const found = border(weights, bias, p.x, p.y), away = found ? distance(weights, bias, probe) / Math.hypot(...weights) : 0;
    line(parts.drop, p, [probe, probe.map((v, i) => v - away * weights[i])]); // the shortest way to the border
    for (const node of [parts.edge, parts.reach]) {
      place(node, { visibility: found ? "visible" : "hidden" });
      if (found) line(node, p, found.ends);
    }
    const longest = Math.max(...weights.map(Math.abs)), fit = Math.min(1, LIMIT / Math.max(longest, 1e-9));
    const tip = weights.map((w) => w * fit); // an arrow longer than the plane ends at its rim
    parts.weight.set(p, [0, 0], tip);
    place(parts.tip, { transform: `translate(${p.X(tip[0])} ${p.Y(tip[1])})` });
  }

  function drawPoints(weights, bias) {
    const points = get("points"), wrong = new Set(wrongSide(weights, bias, points, get("labels")));
    parts.marks.replaceChildren(...points.map((x, i) => {
      const node = mark(get("labels")[i]);
      place(node, { transform: `translate(${p.X(x[0])} ${p.Y(x[1])})`, "data-wrong": wrong.has(i) });
      return node;
    }));
    place(parts.picked, { visibility: picked === null ? "hidden" : "visible" });
    if (picked !== null) place(parts.picked, { cx: p.X(points[picked][0]), cy: p.Y(points[picked][1]) });
    return wrong.size;
  }

  function draw() {
    const weights = get("weights"), bias = get("bias"), probe = get("probe"), name = get("activation");
    const z = score(weights, bias, probe);
    tint(p, (x, y) => strength(name, score(weights, bias, [x, y])));
    drawNeuron(weights, bias, probe);
    const errors = drawPoints(weights, bias), all = get("points").length;
    place(parts.probe, { transform: `translate(${p.X(probe[0])} ${p.Y(probe[1])})` });
    [weights[0], weights[1], bias, ...probe].forEach((v, i) => Object.values(sliders)[i].set(v));
    kind.set(name);
    const signed = (v) => (v < 0 ? `(${fmt(v)})` : fmt(v));
    const terms = weights.map((w, i) => `${signed(w)} · ${signed(probe[i])}`).join(" + ");
    const total = html("strong", {}, `w·x + b = ${fmt(z)}`);
    const answer = html("strong", {}, `${NAMES[name]}(${fmt(z)}) = ${fmt(activate(name, z), name === "step" ? 0 : 2)}`);
    const long = Math.hypot(...weights);
    const far = long < 1e-9 ? "no arrow, no border" : `= length of the arrow × distance = ${fmt(long)}\u00a0×\u00a0${signed(distance(weights, bias, probe))}`;
    sum.replaceChildren(total, html("span", {}, `= ${terms} + ${signed(bias)}`), html("span", {}, far), answer);
    result.textContent = errors ? `${errors} of ${all} on the wrong side` : `All ${all} on their own side`;
    result.dataset.good = !errors;
    told.textContent = news;
    shell.say(`${news} ${result.textContent}. Score ${fmt(z)}, ${NAMES[name]} ${fmt(activate(name, z))}.`);
  }
  return shell.close;
}

export default { render };
