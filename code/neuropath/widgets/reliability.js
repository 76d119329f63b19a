import { clamp, fmt, frame, generator, html, range, svg } from "./_common.js";
import { button, choice, slider } from "./_controls.js";
import { drag, key, line, patch, path, place, plot } from "./_plots.js";

const SIZE = 1000, SIGNAL = 2; // pictures, and how far the true class stands out of the noise
const HEAT = [0.25, 5], STEPS = 24; // temperatures of the curves, each 13 % above the last
const MODELS = { overconfident: 2.5, honest: 1, timid: 0.5 };

// Logits and true classes of pictures whose class the model knows up to noise. Features are N(SIGNAL·e_y, 1), so
// SIGNAL × features are the honest logits, those of Bayes' rule; the model gives them `sharpness` times too large.
export function sample(seed, classes, sharpness, size = SIZE) {
  const next = generator(seed);
  const normal = () => Math.sqrt(-2 * Math.log1p(-next())) * Math.cos(2 * Math.PI * next());
  return range(1, size, size - 1).map((_, i) => {
    const label = i % classes;
    return { label, logits: range(1, classes, classes - 1).map((_, k) => sharpness * SIGNAL * (normal() + (k === label ? SIGNAL : 0))) };
  });
}

// What softmax at a temperature says of one picture: its confidence, whether it is right, the loss −log p(true).
export function judge({ logits, label }, temperature) {
  const most = Math.max(...logits);
  const total = logits.reduce((sum, z) => sum + Math.exp((z - most) / temperature), 0);
  return { confidence: 1 / total, right: logits.indexOf(most) === label ? 1 : 0, loss: Math.log(total) - (logits[label] - most) / temperature };
}

// Equal bins of the confidence, closed on the right: how many, their mean confidence, their share of right answers.
export function binned(judged, bins) {
  const rows = range(1, bins, Math.max(bins - 1, 1)).map(() => ({ n: 0, confidence: 0, right: 0 }));
  for (const { confidence, right } of judged) {
    const row = rows[clamp(Math.ceil(confidence * bins) - 1, 0, bins - 1)];
    row.n++;
    row.confidence += confidence;
    row.right += right;
  }
  return rows.map(({ n, confidence, right }) => ({ n, confidence: n ? confidence / n : 0, right: n ? right / n : 0 }));
}

export const scores = (pictures, temperature, bins) => summary(pictures.map((picture) => judge(picture, temperature)), bins);

function summary(judged, bins) {
  const rows = binned(judged, bins), n = judged.length;
  const mean = (name) => judged.reduce((sum, one) => sum + one[name], 0) / n;
  const ece = rows.reduce((sum, row) => sum + (row.n * Math.abs(row.confidence - row.right)) / n, 0);
  return { rows, ece, nll: mean("loss"), accuracy: mean("right"), confidence: mean("confidence") };
}

// The temperature of least loss, by golden section on its logarithm: the loss is convex in 1 / T.
export function bestTemperature(pictures) {
  const loss = (t) => pictures.reduce((sum, picture) => sum + judge(picture, Math.exp(t)).loss, 0);
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = HEAT.map(Math.log);
  while (high - low > 1e-9) {
    const left = high - golden * (high - low), right = low + golden * (high - low);
    if (loss(left) < loss(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

const tenth = (v) => fmt(v, 1), percent = (v) => `${fmt(100 * v, 1)}\u00a0%`;

function diagram() {
  const ends = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const p = plot({
    x: [0, 1], y: [0, 1], width: 350, height: 330, xlabel: "confidence", ylabel: "share that is right", xticks: ends, yticks: ends, xname: tenth, yname: tenth,
    label: "Reliability diagram: in each bin of confidence, how many answers are right",
  });
  const bars = svg("g"), diagonal = svg("line", { class: "npx-tangent" });
  p.stage.append(bars, diagonal);
  return { p, bars, diagonal };
}

function lossPlot(most) {
  const p = plot({
    x: [0, HEAT[1]], y: [0, most], width: 350, height: 230, xlabel: "temperature", xticks: [0, 1, 2, 3, 4, 5], yticks: range(0, most, most > 2.5 ? Math.round(most) : 2 * most), yname: tenth,
    label: "Loss and calibration error at every temperature; accuracy is a level line",
  });
  const curves = { loss: svg("path", { class: "npx-curve slope" }), ece: svg("path", { class: "npx-curve value" }), right: svg("path", { class: "npx-curve best" }) };
  const now = svg("line", { class: "npx-line probe" }), dots = ["slope", "value"].map((kind) => svg("circle", { class: `npx-point ${kind}`, r: 6 }));
  p.stage.append(...Object.values(curves), now);
  p.top.append(...dots);
  p.picture.classList.add("npx-sweep");
  return { p, curves, now, dots };
}

function render({ model, el }) {
  const get = (name) => model.get(name), names = ["temperature", "bins", "classes", "sharpness", "seed"];
  const start = Object.fromEntries(names.map((name) => [name, get(name)]));
  const shell = frame({
    model, el, draw,
    label: "Explorer: a reliability diagram and its temperature",
    hint: "This model says “99 % sure” too often. Turn the temperature until the bars meet the diagonal. Which number never moves, and where does the loss have its lowest point?",
    keys: ["temperature", "bins", "classes", "sharpness", "seed"],
  });
  const put = (name) => (value) => shell.set({ [name]: value });
  const heat = slider({ label: "temperature", min: HEAT[0], max: HEAT[1], step: 0.05, input: put("temperature") });
  const bins = slider({ label: "bins", name: "number of bins", min: 5, max: 20, step: 1, digits: 0, input: put("bins") });
  const classes = slider({ label: "classes", name: "number of classes", min: 2, max: 10, step: 1, digits: 0, input: put("classes") });
  const models = Object.fromEntries(Object.keys(MODELS).map((name) => [name, name]));
  const kind = choice({ label: "Model", options: models, change: (name) => shell.set({ sharpness: MODELS[name] }) });
  const left = diagram(), slot = html("div", {});
  let pictures = [], judged = [], known = "", drawn = "", right = null;
  const result = html("p", { class: "npx-result" }), table = html("table", { class: "npx-table" }), note = html("p", { class: "npx-news" });
  const fit = () => shell.set({ temperature: Math.round(100 * bestTemperature(pictures)) / 100 });
  shell.root.append(
    html("div", { class: "npx-columns" },
      html("div", { class: "npx-main" }, left.p.node, html("p", { class: "npx-legend" }, patch("npx-area class1", "right"), patch("npx-gap", "gap to the confidence"), "paler: fewer pictures")),
      html("div", { class: "npx-main" }, slot, html("p", { class: "npx-legend" }, key("slope", "loss (NLL)"), key("value", "ECE"), key("best", "accuracy")),
        html("div", { class: "npx-even" }, heat.node, bins.node, classes.node))),
    html("div", { class: "npx-row" }, html("div", { class: "npx-panel" }, result, table),
      html("div", { class: "npx-panel" }, kind.node,
        html("div", { class: "npx-buttons" }, button("Best temperature", fit), button("New pictures", () => shell.set({ seed: (get("seed") + 1) % 1000 })), button("Start over", () => shell.set(start))), note)));

  function drawBars(rows) {
    const { p } = left, most = Math.max(...rows.map((row) => row.n));
    const box = (row, i, low, high, kinds) => svg("rect", {
      class: kinds, x: p.X(i / rows.length) + 1, width: p.w / rows.length - 2, y: p.Y(high), height: p.Y(low) - p.Y(high), opacity: 0.35 + 0.65 * Math.sqrt(row.n / most),
    });
    left.bars.replaceChildren(...rows.flatMap((row, i) => (row.n ? [
      box(row, i, 0, row.right, "npx-area class1"),
      box(row, i, Math.min(row.right, row.confidence), Math.max(row.right, row.confidence), "npx-gap"),
    ] : [])));
    line(left.diagonal, p, [[0, 0], [1, 1]]);
  }

  function drawCurves() {
    const wanted = `${known} ${get("bins")}`;
    if (wanted === drawn) return;
    drawn = wanted;
    const every = judged.map(([t, all]) => [t, summary(all, get("bins"))]);
    right = lossPlot(clamp(Math.ceil(Math.max(...every.map(([, s]) => s.nll))), 1, 4));
    drag(right.p.picture, right.p, { pan: true, move: (at) => shell.set({ temperature: Math.round(20 * clamp(at[0], ...HEAT)) / 20 }) });
    const draws = { loss: "nll", ece: "ece", right: "accuracy" };
    for (const [name, value] of Object.entries(draws)) place(right.curves[name], { d: path(right.p, every.map(([t, s]) => [t, s[value]])) });
    slot.replaceChildren(right.p.node);
  }

  function draw() {
    const temperature = get("temperature"), wanted = `${get("seed")} ${get("classes")} ${get("sharpness")}`;
    if (wanted !== known) {
      pictures = sample(get("seed"), get("classes"), get("sharpness"));
      judged = range(...HEAT.map(Math.log), STEPS).map(Math.exp).map((t) => [t, pictures.map((picture) => judge(picture, t))]);
      known = wanted;
    }
    const now = scores(pictures, temperature, get("bins")), raw = scores(pictures, 1, get("bins"));
    drawBars(now.rows);
    drawCurves();
    line(right.now, right.p, [[temperature, 0], [temperature, right.p.y[1]]]);
    [now.nll, now.ece].forEach((v, i) => place(right.dots[i], { cx: right.p.X(temperature), cy: right.p.Y(v) }));
    heat.set(temperature);
    bins.set(get("bins"));
    classes.set(get("classes"));
    kind.set(Object.keys(MODELS).find((name) => MODELS[name] === get("sharpness")));
    const gap = now.confidence - now.accuracy;
    result.textContent = Math.abs(gap) < 0.01 ? "Calibrated on average: as sure as it is right"
      : `${gap > 0 ? "Overconfident" : "Too timid"}: ${percent(now.confidence)} sure, ${percent(now.accuracy)} right`;
    result.dataset.good = Math.abs(gap) < 0.01;
    const row = (name, digits, key) => html("tr", {}, html("th", { scope: "row" }, name), [raw[key], now[key]].map((v) => html("td", {}, digits ? fmt(v, digits) : percent(v))));
    const head = [["", ""], ["as given", "T = 1"], ["now", `T = ${fmt(temperature)}`]].map(([over, text]) => html("th", { scope: "col" }, html("small", {}, over), text));
    table.replaceChildren(html("thead", {}, html("tr", {}, head)), html("tbody", {},
      row("accuracy", 0, "accuracy"), row("mean confidence", 0, "confidence"), row("ECE", 3, "ece"), row("NLL", 3, "nll")));
    note.textContent = temperature === 1 ? `${SIZE} pictures, with the logits as the model gives them.` // the answer comes after the question
      : "Dividing all logits by one number keeps their order: each answer stays what it was, only how sure it is changes.";
    shell.say(`${result.textContent}. Temperature ${fmt(temperature)}, ECE ${fmt(now.ece, 3)}, NLL ${fmt(now.nll, 3)}, accuracy ${percent(now.accuracy)}.`);
  }
  return shell.close;
}

export default { render };
