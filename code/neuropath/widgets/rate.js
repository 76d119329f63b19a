import { clamp, fmt, frame, html, power, range, scientific, svg } from "./_common.js";
import { choice, group, player, slider } from "./_controls.js";
import { drag, key, knob, path, place, plot } from "./_plots.js";

const LAST = 40, X = [-3, 3], REACH = 2.6, FLOOR = -8;

// Value, slope, and the factor by which one step of rate η multiplies x; λ is `bend`.
const CURVES = {
  parabola: { f: (bend, x) => (bend * x * x) / 2, slope: (bend, x) => bend * x, factor: (bend, rate) => 1 - rate * bend },
  quartic: { f: (bend, x) => (bend * x ** 4) / 12, slope: (bend, x) => (bend * x ** 3) / 3, factor: (bend, rate, x) => 1 - (rate * bend * x * x) / 3 },
};
export const lossOf = (curve, bend, x) => CURVES[curve].f(bend, x);
export const slopeOf = (curve, bend, x) => CURVES[curve].slope(bend, x);
export const factorOf = (curve, bend, rate, x) => CURVES[curve].factor(bend, rate, x);

// x and where gradient descent leads from it; ends early once it has left for good.
export function trail(curve, bend, rate, start, steps) {
  const places = [start];
  while (places.length <= steps && Math.abs(places.at(-1)) < 1e4) {
    const x = places.at(-1);
    places.push(x - rate * slopeOf(curve, bend, x));
  }
  return places;
}

// In words, what a factor does to the distance from the minimum, over and over.
export function verdict(factor) {
  const size = Math.abs(factor);
  if (Math.abs(size - 1) < 1e-9) return "On the edge: neither nearer nor farther";
  if (size > 1) return "Divergent: every step leads farther away";
  if (size <= 0.1) return "Just right: nearly there in one step";
  if (factor < 0) return size > 0.5 ? "Too large: it zigzags, and still arrives" : "Fast, though every step crosses the minimum";
  return factor > 0.7 ? "Too small: every step is a crawl" : "Good: straight down, step by step";
}

// A scale of the factor, from −3 to 1, with the zones where the distance shrinks.
function gauge() {
  const at = (v) => 256 + 76 * clamp(v, -3, 1), text = (v, y, words) => svg("text", { x: at(v), y, "text-anchor": "middle" }, words);
  const zones = [[-3, -1, "away"], [-1, 0, "cross"], [0, 1, "near"]].map(([a, b, kind]) =>
    svg("rect", { class: `npx-zone ${kind}`, x: at(a), width: at(b) - at(a), y: 30, height: 12 }));
  const pointer = svg("path", { class: "npx-point value", d: "M0 0L-7 -12H7Z" });
  const names = [text(-2, 57, "diverges"), text(-0.5, 57, "crosses"), text(0.5, 57, "one side")];
  const ends = [-3, -2, -1, 0, 1].map((v) => text(v, 14, fmt(v, 0)));
  const node = svg("svg", { viewBox: "0 0 340 62", role: "img", "aria-label": "Scale of the factor: between −1 and 1 the distance shrinks" }, zones, names, ends, pointer);
  return { node: html("div", { class: "npx-plot", style: "max-width:425px" }, node), set: (v) => place(pointer, { transform: `translate(${at(v)} 30)` }) };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const shell = frame({
    model, el, draw,
    label: "Explorer: how large a step",
    hint: "Drag the start and move the learning rate. Which rate arrives in one step, from which on does it never arrive, and is that the same everywhere on the quartic?",
    keys: ["curve", "curvature", "learning_rate", "start", "steps"],
  });
  const left = plot({ x: X, y: [-0.3, 6], width: 340, height: 300, xlabel: "x", ylabel: "loss", xticks: [-3, -2, -1, 0, 1, 2, 3], yticks: [0, 2, 4, 6], label: "The loss as a curve, with the trail of gradient descent" });
  const right = plot({
    x: [0, LAST], y: [FLOOR, 4], width: 340, height: 220, xlabel: "loss after so many steps", xticks: [0, 10, 20, 30, 40], yticks: [-8, -4, 0, 4],
    yname: (v) => (v ? power(v) : "1"), label: "Loss over the steps, on a logarithmic axis",
  });
  const curve = svg("path", { class: "npx-curve value" }), steps = svg("g", { class: "npx-trail here" }), losses = svg("g", { class: "npx-trail here" });
  const handle = knob("one"), scale = gauge();
  left.stage.append(curve, steps);
  left.top.append(handle);
  right.stage.append(losses);

  const round = (v) => Math.round(clamp(v, -REACH, REACH) * 20) / 20;
  drag(handle, left, { move: (at) => shell.set({ start: round(at[0]) }) });
  const start = slider({ label: "x₀", name: "start", min: -REACH, max: REACH, step: 0.05, input: (x) => shell.set({ start: x }) });
  const rate = slider({ label: "η", name: "learning rate", min: 0.02, max: 3, step: 0.02, input: (v) => shell.set({ learning_rate: v }) });
  const bend = slider({ label: "λ", name: "curvature", min: 0.2, max: 1.5, step: 0.05, input: (v) => shell.set({ curvature: v }) });
  const count = slider({ label: "n", name: "steps shown", min: 0, max: LAST, step: 1, digits: 0, input: (n) => { fresh = false; shell.set({ steps: n }); } });
  const kind = choice({ label: "Curve", options: { parabola: "parabola λx²/2", quartic: "quartic λx⁴/12" }, change: (name) => shell.set({ curve: name }) });
  let fresh = true; // the first Start runs from the start; later ones go on
  function forward() {
    const n = get("steps");
    fresh = false;
    shell.set({ steps: n < LAST ? n + 1 : 0 });
    return n + 1 < LAST;
  }
  const reset = () => shell.set({ steps: 0 });
  const play = player({ advance: forward, reset, begin: () => fresh && reset(), rate: 6, most: 1 });
  const result = html("p", { class: "npx-result steady" }), sum = html("p", { class: "npx-sum" });
  const legend = html("p", { class: "npx-legend" }, key("value", "loss"), key("here", "steps taken"));
  shell.root.append(html("div", { class: "npx-columns" },
    html("div", { class: "npx-main" }, left.node, legend, html("div", { class: "npx-panel" }, result, play.node, group("Step x ← x − η f′(x)", "one", start.node, rate.node, bend.node, count.node))),
    html("div", { class: "npx-main" }, html("div", { class: "npx-panel" }, kind.node, sum, scale.node, right.node))));

  function dots(node, p, points) {
    node.replaceChildren(svg("path", { d: path(p, points) }), ...points.map(([x, y]) => svg("circle", { cx: p.X(x), cy: p.Y(y), r: 3.5 })));
  }

  function draw() {
    const name = get("curve"), λ = get("curvature"), η = get("learning_rate"), x0 = get("start"), n = get("steps");
    const places = trail(name, λ, η, x0, n), loss = places.map((x) => lossOf(name, λ, x)), last = places.at(-1);
    const here = name === "parabola" ? x0 : last, factor = factorOf(name, λ, η, here), square = name === "quartic" ? "x²/3" : "";
    curve.setAttribute("d", path(left, range(...X, 120).map((x) => [x, lossOf(name, λ, x)])));
    dots(steps, left, places.map((x, i) => [x, Math.min(loss[i], 1e4)]));
    dots(losses, right, loss.map((v, i) => [i, clamp(Math.log10(Math.max(v, 1e-30)), 2 * FLOOR, 12)]));
    place(handle, { transform: `translate(${left.X(x0)} ${left.Y(lossOf(name, λ, x0))})` });
    scale.set(factor);
    start.set(x0);
    rate.set(η);
    bend.set(λ);
    count.set(n);
    kind.set(name);
    const size = Math.abs(factor), where = name === "quartic" ? ` at x = ${Math.abs(last) < 100 ? fmt(last) : scientific(last)}` : "";
    result.textContent = x0 === 0 ? "At the minimum already: nothing moves" : verdict(factor);
    result.dataset.good = size < 0.7;
    sum.replaceChildren(
      html("strong", {}, `|1 − ηλ${square}| = ${size < 1000 ? fmt(size, 3) : scientific(size)}${where}`),
      html("span", {}, `${name === "quartic" ? "The next" : "Each"} step multiplies x by ${Math.abs(factor) < 1000 ? fmt(factor, 3) : scientific(factor)}.`),
      html("span", {}, `After ${places.length - 1} steps x = ${scientific(last)}, loss ${scientific(loss.at(-1))}.`));
    shell.say(`${result.textContent}. Factor ${size < 1000 ? fmt(factor) : scientific(factor)}, loss ${scientific(loss.at(-1))} after ${places.length - 1} steps.`);
  }
  return () => { play.stop(); shell.close(); };
}

export default { render };
