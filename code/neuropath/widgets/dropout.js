import { clamp, fmt, frame, generator, html, range, sigmoid, svg } from "./_common.js";
import { button, choice, slider } from "./_controls.js";
import { key, line, patch, path, place, plot } from "./_plots.js";

const MOST = 1000; // masks drawn
const UNITS = 8; // a mask is always drawn for all eight; the first `units` are used
const OUTPUTS = { linear: (z) => z, sigmoid, relu: (z) => Math.max(z, 0) };
const upTo = (n) => Array.from({ length: n }, (_, i) => i);
const NAMES = { linear: "linear", sigmoid: "sigmoid", relu: "ReLU" };

// What each hidden unit adds to the output's sum.
export const shares = (hidden, weights, scale, units) => upTo(units).map((i) => scale * hidden[i] * weights[i]);

// A network thinned by a mask of 0 and 1, as inverted dropout trains it: what stays is divided by the keep rate.
export function thinned(shares, bias, mask, rate, output) {
  return OUTPUTS[output](shares.reduce((sum, share, i) => sum + (mask[i] * share) / (1 - rate), bias));
}
export const whole = (shares, bias, output) => OUTPUTS[output](shares.reduce((sum, share) => sum + share, bias));

// All 2ⁿ masks, with the chance of each.
export function everyMask(n, rate) {
  return upTo(2 ** n).map((code) => {
    const mask = upTo(n).map((i) => (code >> i) & 1), kept = mask.reduce((sum, m) => sum + m, 0);
    return { mask, chance: (1 - rate) ** kept * rate ** (n - kept) };
  });
}

// The ensemble of all thinned networks: its exact mean; for the sigmoid the geometric mean of p and of 1 − p, too,
// brought back to sum 1.
export function ensemble(shares, bias, rate, output) {
  const every = everyMask(shares.length, rate).map(({ mask, chance }) => ({ chance, answer: thinned(shares, bias, mask, rate, output), z: thinned(shares, bias, mask, rate, "linear") }));
  const mean = (f) => every.reduce((sum, one) => sum + one.chance * f(one), 0);
  const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  const logOdds = mean(({ z }) => softplus(z) - softplus(-z));
  return { every, mean: mean(({ answer }) => answer), geometric: output === "sigmoid" ? sigmoid(logOdds) : null };
}

export function drawMasks(seed, rate, count) {
  const next = generator(seed);
  return Array.from({ length: count }, () => upTo(UNITS).map(() => (next() >= rate ? 1 : 0)));
}
export const runningMean = (values) => {
  let sum = 0;
  return values.map((v, i) => (sum += v) / (i + 1));
};

// The network: a column of hidden units, the output, and lines as thick as what they carry.
function network(toggle) {
  const size = { width: 300, height: 330 };
  const picture = svg("svg", { viewBox: `0 0 ${size.width} ${size.height}`, role: "img", "aria-label": "The hidden units that stay, and the output" });
  const node = html("div", { class: "npx-plot" }, picture);
  const set = (values, carried, mask, answer) => {
    const n = values.length, y = (i) => 165 + (i - (n - 1) / 2) * Math.min(44, 312 / n);
    const most = Math.max(...carried.map(Math.abs), 1e-9);
    const lines = carried.map((c, i) => svg("line", {
      class: `npx-wire ${c < 0 ? "two" : "one"}`, x1: 86, y1: y(i), x2: 222, y2: 165, "stroke-width": 1 + (7 * Math.abs(c)) / most, visibility: mask[i] ? "visible" : "hidden",
    }));
    const units = values.map((v, i) => {
      const cross = svg("path", { class: "npx-wire", d: "M-9 -9L9 9M-9 9L9 -9", "stroke-width": 2, visibility: mask[i] ? "hidden" : "visible" });
      const unit = svg("g", { class: `npx-member${mask[i] ? "" : " dropped"}`, transform: `translate(70 ${y(i)})` },
        svg("circle", { r: 16 }), svg("text", { y: 4, "text-anchor": "middle" }, mask[i] ? fmt(v, 1) : ""), cross, svg("text", { x: -24, y: 4, "text-anchor": "end" }, `h${"₁₂₃₄₅₆₇₈"[i]}`));
      unit.addEventListener("click", () => toggle(i));
      return unit;
    });
    const out = svg("g", { class: "npx-member out", transform: "translate(246 165)" }, svg("circle", { r: 24 }), svg("text", { y: 4, "text-anchor": "middle" }, fmt(answer)));
    picture.replaceChildren(...lines, ...units, out);
  };
  return { node, set };
}

function history(most, low, high, by) {
  const p = plot({
    x: [0, most * 1.3], y: [low, high], width: 350, height: 320, xlabel: "masks drawn", ylabel: by < 0.2 ? "" : "output", xticks: [0, most / 2, most], yticks: range(low, high, Math.round((high - low) / by)), yname: (v) => fmt(v, by < 0.2 ? 2 : by < 1 ? 1 : 0),
    label: "Outputs of the thinned networks, their running mean, the mean of all, and the whole network",
  });
  const bars = svg("path", { class: "npx-area class1" }), dots = svg("path", { class: "npx-dots" }), mean = svg("path", { class: "npx-curve value" });
  const exact = svg("line", { class: "npx-line two" }), straight = svg("line", { class: "npx-line out" }), now = svg("circle", { class: "npx-picked", r: 7 });
  p.stage.append(bars, dots, straight, exact, mean);
  p.top.append(now); // never cut at the rim
  return { p, bars, dots, mean, exact, straight, now, most };
}

function render({ model, el }) {
  const get = (name) => model.get(name), names = ["rate", "units", "output", "scale", "mask", "draws", "seed"];
  const start = Object.fromEntries(names.map((name) => [name, get(name)]));
  const shell = frame({
    model, el, draw,
    label: "Explorer: dropout masks and the mean of the thinned networks",
    hint: "Each mask thins the network differently. With a linear output the mean of all thinned networks is exactly what the whole network answers. Is it with a sigmoid, too? And what do larger weights do to the gap?",
    keys: ["rate", "units", "output", "scale", "hidden", "weights", "bias", "mask", "draws", "seed"],
  });
  const put = (name) => (value) => shell.set({ [name]: value });
  const toggle = (i) => shell.set({ mask: get("mask").map((m, j) => (i === j ? 1 - m : m)) });
  const net = network(toggle), slot = html("div", {});
  const rate = slider({ label: "rate", name: "dropout rate", min: 0, max: 0.8, step: 0.05, input: (value) => shell.set({ rate: value, mask: lastMask(value, get("draws")) }) });
  const units = slider({ label: "units", name: "hidden units", min: 2, max: UNITS, step: 1, digits: 0, input: put("units") });
  const scale = slider({ label: "weights ×", name: "all weights times", min: 0.25, max: 3, step: 0.05, input: put("scale") });
  const kind = choice({ label: "Output", options: NAMES, change: put("output") });
  const stays = upTo(UNITS).map((i) => {
    const box = html("input", { type: "checkbox", "aria-label": `hidden unit ${i + 1} stays`, onchange: () => toggle(i) });
    return { box, node: html("label", {}, box, html("span", {}, `h${"₁₂₃₄₅₆₇₈"[i]}`)) };
  });
  const lastMask = (rate, draws) => drawMasks(get("seed"), rate, draws).at(-1) ?? get("mask");
  function more(count) {
    const draws = Math.min(get("draws") + count, MOST);
    shell.set({ draws, mask: lastMask(get("rate"), draws) });
  }
  const drawing = [button("New mask", () => more(1)), button("100 masks", () => more(100))];
  const result = html("p", { class: "npx-result" }), table = html("table", { class: "npx-table" }), news = html("p", { class: "npx-news" });
  shell.root.append(
    html("div", { class: "npx-columns" },
      html("div", { class: "npx-panel" }, net.node, html("fieldset", { class: "npx-choice" }, html("legend", {}, "Units that stay"), html("span", { class: "npx-options" }, stays.map((s) => s.node)))),
      html("div", { class: "npx-main" }, slot, html("p", { class: "npx-legend" }, key("value", "running mean"), key("npx-line two", "mean of all masks"), key("npx-line out", "whole network"), patch("npx-area class1", "all masks")))),
    html("div", { class: "npx-row" },
      html("div", { class: "npx-panel" }, html("div", { class: "npx-even" }, rate.node, units.node, scale.node), kind.node,
        html("div", { class: "npx-buttons" }, drawing, button("Start over", () => shell.set(start)))),
      html("div", { class: "npx-panel" }, result, table, news)));
  let drawn = "", right = null;

  // Axes that hold every answer; new ones only when the old do not fit.
  function axes(answers) {
    const low = Math.min(0, ...answers), high = Math.max(0.25, ...answers), by = 2 ** Math.ceil(Math.log2((high - low) / 6)), draws = get("draws");
    const y = get("output") === "sigmoid" ? [0, 1, 0.2] : [by * Math.floor(low / by), by * Math.ceil(high / by + 0.1), by], most = [50, 200, MOST].find((n) => draws <= n);
    if (drawn === `${y} ${most}`) return;
    drawn = `${y} ${most}`;
    right = history(most, ...y);
    slot.replaceChildren(right.p.node);
  }

  function drawHistory(answers, all, straight) {
    const { p, most } = right, level = (node, v) => line(node, p, [[0, v], [1.3 * most, v]]);
    const bins = 32, step = (p.y[1] - p.y[0]) / bins, mass = new Array(bins).fill(0);
    all.every.forEach(({ chance, answer }) => (mass[clamp(Math.floor((answer - p.y[0]) / step), 0, bins - 1)] += chance));
    const longest = Math.max(...mass), bar = (m, i) => `M${p.w} ${p.Y(p.y[0] + i * step)}h${(-m / longest) * p.X(0.26 * most)}v${-p.h / bins}H${p.w}Z`;
    place(right.bars, { d: mass.map((m, i) => (m ? bar(m, i) : "")).join("") });
    place(right.dots, { d: answers.map((v, i) => `M${p.X(i + 1).toFixed(1)} ${p.Y(v).toFixed(1)}h.01`).join("") });
    place(right.mean, { d: path(p, runningMean(answers).map((v, i) => [i + 1, v])) });
    level(right.exact, all.mean);
    level(right.straight, straight);
  }

  function remark(output, gap, geometric) {
    if (output === "linear") return "A sum of terms: the mean goes through it term by term, so dividing by the keep rate makes up for the masks exactly, at any rate.";
    if (output === "sigmoid") return `The sigmoid bends, and the mean of bent values is not the bent mean. But take geometric means of p and of 1 − p, and scale them to sum 1: ${fmt(geometric, 3)}, exactly the whole network.`;
    return gap < 1e-9 ? "No mask pushes the sum below zero: here ReLU is as good as linear." : "Some masks push the sum below zero, where ReLU answers 0: the mean comes out above the whole network.";
  }

  function draw() {
    const [r, n, output, bias, mask] = ["rate", "units", "output", "bias", "mask"].map(get), carried = shares(get("hidden"), get("weights"), get("scale"), n);
    const all = ensemble(carried, bias, r, output), straight = whole(carried, bias, output);
    const answers = drawMasks(get("seed"), r, get("draws")).map((m) => thinned(carried, bias, m, r, output)), now = thinned(carried, bias, mask, r, output);
    net.set(get("hidden").slice(0, n), carried, mask, now);
    stays.forEach(({ box, node }, i) => { box.checked = mask[i] === 1; node.hidden = i >= n; });
    axes(all.every.map(({ answer }) => answer));
    drawHistory(answers, all, straight);
    place(right.now, { cx: right.p.X(get("draws")), cy: right.p.Y(now) });
    [[rate, r], [units, n], [scale, get("scale")]].forEach(([control, value]) => control.set(value));
    kind.set(output);
    drawing.forEach((one) => (one.disabled = get("draws") >= MOST));
    const gap = Math.abs(all.mean - straight), row = (name, v) => html("tr", {}, html("th", { scope: "row" }, name), html("td", {}, v === undefined ? "–" : fmt(v, 3)));
    result.textContent = gap < 1e-9 ? `The mean of all ${2 ** n} thinned networks is the whole network’s answer` : `The mean of all ${2 ** n} thinned networks is off by ${fmt(gap, 3)}`;
    result.dataset.good = gap < 1e-9;
    table.replaceChildren(html("tbody", {}, row("this thinned network", now), row(`mean of ${get("draws")} drawn`, runningMean(answers).at(-1)), row(`mean of all ${2 ** n}`, all.mean), row("whole network", straight)));
    news.textContent = remark(output, gap, all.geometric);
    shell.say(`This network ${fmt(now)}. ${result.textContent}: ${fmt(all.mean, 3)} against ${fmt(straight, 3)}.`);
  }
  return shell.close;
}

export default { render };
