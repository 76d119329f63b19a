import { count, fmt, frame, html } from "./_common.js";
import { button, choice, group, meters, slider } from "./_controls.js";

const CHANNELS = 1280; // of MobileNetV2's last maps, whatever the image
export const BASES = { "base, α = 0.35": 410208, "base, α = 1": 2257984 };
export const BASE_ADDS = [1183792, 6112128]; // of their convolutions, for each of the places of the last maps
const percent = (v) => `${Number((100 * v).toPrecision(2))}\u00a0%`;
const exact = (n) => n.toLocaleString("en");

export const featuresOf = (pooling, places) => (pooling === "average" ? CHANNELS : places * places * CHANNELS);

const dense = (name, inputs, units) => ({ name, inputs, units, trained: inputs * units + units, still: 0, adds: inputs * units });
// γ and β are trained; the moving mean and variance are not. At inference one multiply-add a feature.
const norm = (name, units) => ({ name, units, trained: 2 * units, still: 2 * units, adds: units });
const dropout = (name, units) => ({ name, units, trained: 0, still: 0, adds: 0 });

// The classifier's head, layer by layer, on `features` numbers.
export const layersOf = (features, units1, units2, classes) => [
  norm("bn1", features), dense("fc1", features, units1), dropout("dropout1", units1),
  dense("fc2", units1, units2), norm("bn2", units2), dropout("dropout2", units2), dense("output", units2, classes),
];
export const sumOf = (layers, what) => layers.reduce((sum, layer) => sum + layer[what], 0);

const formula = ({ name, inputs, units, trained, still }) => inputs ? `${name}: ${exact(inputs)} · ${units} + ${units} = ${exact(trained)}`
  : `${name}: 4 · ${exact(units)} = ${exact(trained + still)}, half of them trained`;

function render({ model, el }) {
  const get = (key) => model.get(key);
  const shell = frame({
    model, el, draw,
    label: "Explorer: the numbers in the classifier’s head",
    hint: "Numbers held are not work done: find the layer that holds most, and who does the work. Then change the image’s side, with global average pooling and with Flatten: what grows?",
    keys: ["pooling", "places", "units1", "units2", "classes"],
  });
  const KEYS = ["pooling", "places", "units1", "units2", "classes"];
  const start = Object.fromEntries(KEYS.map((key) => [key, get(key)]));
  const pooling = choice({ label: "From maps to features", options: { average: "global average", flatten: "Flatten" }, change: (value) => shell.set({ pooling: value }) });
  const one = (key, label, name, min, max, step, show) => slider({ label, name, min, max, step, digits: 0, show, input: (value) => shell.set({ [key]: value }) });
  const sliders = {
    places: one("places", "image side", "image side in pixels", 1, 10, 1, (v) => String(32 * v)),
    units1: one("units1", "fc1 units", "units of fc1", 16, 1024, 16), units2: one("units2", "fc2 units", "units of fc2", 16, 1024, 16),
    classes: one("classes", "classes", "number of classes", 2, 100, 1),
  };
  const shape = html("p", { class: "npx-small" }), sum = html("p", { class: "npx-sum" }), result = html("p", { class: "npx-result" }), most = html("p", { class: "npx-result" });
  const names = layersOf(1, 1, 1, 1).map((layer) => layer.name);
  const numbers = meters([...names, ...Object.keys(BASES)]), adds = meters(["the head", ...Object.keys(BASES)]), effort = html("p", { class: "npx-result" });
  const chip = (kind, text) => html("span", {}, html("i", { class: `npx-chip ${kind}`, "aria-hidden": "true" }), text);
  shell.root.append(
    html("div", { class: "npx-columns" },
      html("div", { class: "npx-panel npx-words" }, pooling.node, shape, group("Image and layers", "", ...Object.values(sliders).map((s) => s.node)),
        html("div", { class: "npx-buttons" }, button("Start over", () => shell.set(start)))),
      html("div", { class: "npx-main npx-stack" }, result, most, effort, sum)),
    html("div", { class: "npx-stack npx-below" },
      html("p", { class: "npx-legend npx-flush" }, chip("whole", "trained"), chip("still", "moving statistics, not trained"), chip("open", "the base, to compare"), chip("mix", "the head’s work")),
      group("Numbers held", "", numbers.node), group("Multiply-adds for one image (of the base: its convolutions)", "", adds.node)));

  function draw() {
    const kind = get("pooling"), places = get("places"), features = featuresOf(kind, places);
    const layers = layersOf(features, get("units1"), get("units2"), get("classes"));
    pooling.set(kind);
    Object.entries(sliders).forEach(([key, one]) => one.set(get(key)));
    const maps = `${places} × ${places} × ${exact(CHANNELS)}`;
    shape.textContent = `maps ${maps} → ${exact(features)} features`;
    const base = Object.values(BASES).map((n) => [["open", n]]);
    numbers.set([...layers.map(({ trained, still }) => [["whole", trained], ["still", still]]), ...base]);
    const work = BASE_ADDS.map((n) => n * places * places), own = sumOf(layers, "adds");
    adds.set([layers.map((layer) => ["mix", layer.adds]), ...work.map((n) => [["open", n]])]);
    const [trained, still] = [sumOf(layers, "trained"), sumOf(layers, "still")], all = trained + still;
    const largest = layers.reduce((a, b) => (b.trained + b.still > a.trained + a.still ? b : a));
    result.textContent = `The head holds ${exact(all)} numbers: ${exact(trained)} trained, ${exact(still)} not. ${fmt((4 * all) / 1e6, 1)}\u00a0MB in float32`;
    most.textContent = `${largest.name} alone holds ${fmt((100 * (largest.trained + largest.still)) / all, 0)} % of them`;
    result.dataset.good = most.dataset.good = all < Object.values(BASES)[1]; // smaller than the widest base
    sum.replaceChildren(...layers.filter((layer) => layer.trained).map((layer) => html("span", {}, formula(layer))),
      html("span", {}, `multiply-adds: ${layers.filter((layer) => layer.adds).map((layer) => exact(layer.adds)).join(" + ")} = ${exact(own)}`));
    effort.textContent = `Its work: ${count(own)} multiply-adds, ${percent(own / work[1])} of the base’s at α = 1`;
    effort.dataset.good = own < work[1] / 100;
    shell.say(`${result.textContent}. ${most.textContent}. ${effort.textContent}.`);
  }
  return shell.close;
}

export default { render };
