import { count, fmt, frame, html, svg } from "./_common.js";
import { button, choice, group, meters, slider } from "./_controls.js";
import { place } from "./_plots.js";

const WIDTH = 310, HEIGHT = 210, LEFT = 20, GAP = 4; // of the picture: cells, room for a name, space between areas

// Multiply-adds and weights of each step; stride 1, padding "same", no bias.
export function costs(height, width, k, inputs, outputs, t) {
  const each = (weights) => ({ weights, adds: height * width * weights }); // every weight serves every place once
  return {
    standard: { whole: each(k * k * inputs * outputs) },
    separable: { space: each(k * k * inputs), mix: each(inputs * outputs) },
    inverted: { open: each(inputs * t * inputs), space: each(k * k * t * inputs), mix: each(t * inputs * outputs) },
  };
}

export const total = (steps, what) => Object.values(steps).reduce((sum, step) => sum + step[what], 0);
export const ratio = (k, outputs) => 1 / outputs + 1 / k ** 2;

const PRESETS = { start: null, wide: [14, 14, 3, 96, 96, 6], late: [7, 7, 3, 160, 320, 6], few: [112, 112, 5, 32, 4, 1] };
const nameOf = ([height, width, , inputs, outputs]) => `${height} × ${width}, ${inputs} → ${outputs}`; // maps, channels
const KEYS = ["height", "width", "kernel", "inputs", "outputs", "expansion"];
const chip = (kind, text) => html("span", {}, html("i", { class: `npx-chip ${kind}`, "aria-hidden": "true" }), text);

function render({ model, el }) {
  const get = (key) => model.get(key);
  const shell = frame({
    model, el, draw,
    label: "Explorer: what a depthwise-separable convolution costs",
    hint: "The rectangle is the work of a standard convolution; the two strips replace it. Which sliders change the cost but not the ratio? How small can the ratio of a 3 × 3 kernel get?",
    keys: ["height", "width", "kernel", "inputs", "outputs", "expansion"],
  });
  const start = Object.fromEntries(KEYS.map((key) => [key, get(key)]));
  const picture = svg("svg", { viewBox: `0 0 ${LEFT + WIDTH + GAP} ${HEIGHT + GAP + 20}`, role: "img", "aria-label": "k² by outputs: the rectangle of a standard convolution, the strips of a separable one" });
  const area = (kind) => svg("rect", { class: `npx-cost ${kind}` });
  const whole = area("whole"), strip = area("space"), column = area("mix"), lines = svg("path", { class: "npx-cells" });
  const across = svg("text", { "text-anchor": "middle", y: HEIGHT + GAP + 16 });
  const down = svg("text", { "text-anchor": "middle", transform: `translate(12 ${HEIGHT / 2}) rotate(-90)` });
  const inside = svg("text", { class: "npx-corner", "text-anchor": "middle" });
  picture.append(whole, strip, column, lines, across, down, inside);

  const preset = choice({ label: "Layer", options: Object.fromEntries(Object.entries(PRESETS).map(([name, values]) => [name, nameOf(values ?? KEYS.map((key) => start[key]))])), change: (name) =>
    shell.set(PRESETS[name] ? Object.fromEntries(KEYS.map((key, i) => [key, PRESETS[name][i]])) : start) });
  const one = (key, label, name, min, max) => slider({ label, name, min, max, step: 1, digits: 0, input: (value) => shell.set({ [key]: value }) });
  const sliders = {
    height: one("height", "H", "H, height of the output", 1, 224), width: one("width", "W", "W, width of the output", 1, 224),
    kernel: one("kernel", "k", "k, side of the kernel", 1, 7), inputs: one("inputs", "C in", "C in, input channels", 1, 320),
    outputs: one("outputs", "C out", "C out, output channels", 1, 320), expansion: one("expansion", "t", "t, expansion of the inverted residual", 1, 10),
  };
  const names = ["standard", "separable", "inverted residual"];
  const adds = meters(names), weights = meters(names);
  const sum = html("p", { class: "npx-sum" }), result = html("p", { class: "npx-result" }), note = html("p", { class: "npx-small" });
  const legend = html("p", { class: "npx-legend npx-flush" }, chip("whole", "standard"), chip("space", "depthwise, k × k"), chip("mix", "pointwise, 1 × 1"), chip("open", "expansion, 1 × 1"));
  shell.root.append(
    preset.node,
    html("div", { class: "npx-columns npx-row" },
      html("div", { class: "npx-main npx-stack" }, html("div", { class: "npx-plot" }, picture), legend, result, sum),
      html("div", { class: "npx-panel" }, group("Places, kernel, channels", "npx-words npx-short", ...Object.values(sliders).map((s) => s.node)), note, html("div", { class: "npx-buttons" }, button("Start over", () => shell.set(start))))),
    html("div", { class: "npx-stack npx-below" }, group("Multiply-adds for one image", "", adds.node), group("Weights", "", weights.node)));

  // Per input channel and place: the rectangle has k² · C_out cells, the strips k² and C_out of the same cells.
  function drawAreas(k, outputs) {
    const w = WIDTH / (k * k + 1), h = HEIGHT / (outputs + 1), x = LEFT + w + GAP, y = h + GAP;
    place(strip, { x, y: 0, width: w * k * k, height: h });
    place(column, { x: LEFT, y, width: w, height: h * outputs });
    place(whole, { x, y, width: w * k * k, height: h * outputs });
    const cuts = Array.from({ length: k * k - 1 }, (_, i) => `M${x + (i + 1) * w} 0v${HEIGHT + GAP}`);
    const rows = Array.from({ length: outputs > 64 ? 0 : outputs - 1 }, (_, i) => `M${LEFT} ${y + (i + 1) * h}h${WIDTH + GAP}`);
    place(lines, { d: [...cuts, ...rows].join("") });
    place(across, { x: x + (w * k * k) / 2 });
    place(inside, { x: x + (w * k * k) / 2, y: y + (h * outputs) / 2 + 5 });
    across.textContent = `k² = ${k * k}`;
    down.textContent = `C out = ${outputs}`;
    inside.textContent = `${k * k} × ${outputs} = ${count(k * k * outputs)}`;
  }

  function draw() {
    const values = KEYS.map(get), [height, width, k, inputs, outputs, t] = values, all = costs(...values);
    KEYS.forEach((key) => sliders[key].set(get(key)));
    preset.set(Object.keys(PRESETS).find((name) => String(PRESETS[name] ?? KEYS.map((key) => start[key])) === String(values)));
    drawAreas(k, outputs);
    for (const [bars, what] of [[adds, "adds"], [weights, "weights"]]) {
      bars.set(Object.values(all).map((steps) => Object.entries(steps).map(([kind, step]) => [kind, step[what]])));
    }
    const share = ratio(k, outputs), inverted = total(all.inverted, "adds") / total(all.standard, "adds");
    sum.replaceChildren(
      html("strong", {}, "ratio = 1 / C out + 1 / k²"), html("strong", {}, `= ${fmt(1 / outputs, 4)} + ${fmt(1 / k ** 2, 4)} = ${fmt(share, 4)}`),
      html("span", {}, "cells in the two strips, over cells in the rectangle"));
    result.textContent = share < 1 ? `Separable: ${fmt(100 * share, 1)} % of the standard cost, ${fmt(1 / share, 1)} times cheaper` : `Separable: ${fmt(100 * share, 1)} % of the standard cost: nothing is saved`;
    result.dataset.good = share < 1;
    note.textContent = `The inverted residual costs ${fmt(100 * inverted, 0)} % of the standard layer, but looks around in t · C in = ${count(t * inputs)} channels. A standard layer on that many would cost ${count(height * width * (k * t * inputs) ** 2)}.`;
    shell.say(`${result.textContent}. ${count(total(all.separable, "adds"))} multiply-adds instead of ${count(total(all.standard, "adds"))}.`);
  }
  return shell.close;
}

export default { render };
