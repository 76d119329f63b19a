import { clamp, fmt, frame, html, range, svg } from "./_common.js";
import { button, group, slider } from "./_controls.js";
import { drag, key, knob, line, patch, path, place, plot } from "./_plots.js";

const SCORE = [-4, 8], TALL = 0.42; // what the picture of the scores shows
const BALANCED = 0.5;
const bell = (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

// The normal distribution's upper tail 1 − Φ(z): a series near the middle, a continued fraction further out,
// so that even a tiny tail has all its digits.
export function tail(z) {
  if (z < -2.5) return 1 - tail(-z);
  if (z > 2.5) {
    let below = z;
    for (let n = 100; n > 0; n--) below = z + n / below;
    return bell(z) / below;
  }
  let term = z, sum = z;
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) sum += (term *= (z * z) / n);
  return 0.5 - bell(z) * sum;
}

// Scores of the healthy are N(0, 1), of the ill N(separation, spread²); who scores above the threshold is called.
export function rates(separation, spread, prevalence, threshold) {
  const sensitivity = tail((threshold - separation) / spread), falseAlarm = tail(threshold);
  const found = prevalence * sensitivity, alarms = (1 - prevalence) * falseAlarm;
  const missed = prevalence * tail((separation - threshold) / spread), cleared = (1 - prevalence) * tail(-threshold);
  return { sensitivity, falseAlarm, specificity: tail(-threshold), ppv: found / (found + alarms), npv: cleared / (cleared + missed) };
}

// Whole patients among `people`: [[called ill, missed], [called healthy's false alarms, cleared]], truth in rows.
export function counts(separation, spread, prevalence, threshold, people = 1000) {
  const { sensitivity, falseAlarm } = rates(separation, spread, prevalence, threshold), ill = Math.round(people * prevalence);
  const found = Math.round(ill * sensitivity), alarms = Math.round((people - ill) * falseAlarm);
  return [[found, ill - found], [alarms, people - ill - alarms]];
}

// The chance that an ill patient scores higher than a healthy one: the area under the ROC curve.
export const auc = (separation, spread) => tail(-separation / Math.hypot(1, spread));

// The area under the precision–recall curve: precision averaged over the scores of the ill, by trapezia.
export function averagePrecision(separation, spread, prevalence) {
  const z = range(-9, 9, 600);
  return z.reduce((sum, v) => sum + rates(separation, spread, prevalence, separation + spread * v).ppv * bell(v), 0) * (z[1] - z[0]);
}

const tenth = (v) => fmt(v, 1), percent = (v) => `${fmt(100 * v, 1)}\u00a0%`;
const round = (v) => Math.round(v * 100) / 100;

function curvePlot(xlabel, ylabel, label) {
  const ends = [0, 0.5, 1];
  const p = plot({ x: [0, 1], y: [0, 1], width: 330, height: 300, xlabel, ylabel, xticks: ends, yticks: ends, xname: tenth, yname: tenth, label });
  const chance = svg("line", { class: "npx-drop" }), before = svg("path", { class: "npx-curve best" });
  const curve = svg("path", { class: "npx-curve value" }), tip = knob("probe");
  p.stage.append(chance, before, curve);
  p.top.append(tip);
  return { p, chance, before, curve, tip };
}

function scorePlot() {
  const p = plot({
    x: SCORE, y: [0, TALL], width: 350, height: 200, xlabel: "score", xticks: [-4, -2, 0, 2, 4, 6, 8], yticks: [],
    label: "Scores of the healthy and of the ill, each hump as large as its share of the patients, and the threshold",
  });
  const areas = ["class0", "class1"].map((kind) => [svg("path", { class: `npx-area ${kind}` }), svg("path", { class: `npx-rim ${kind}` })]);
  const cut = svg("line", { class: "npx-line probe" }), tip = knob("probe");
  p.stage.append(...areas.flat(), cut);
  p.top.append(tip);
  return { p, areas, cut, tip };
}

function render({ model, el }) {
  const names = ["separation", "spread", "prevalence", "threshold"], get = () => names.map((name) => model.get(name));
  const start = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const shell = frame({
    model, el, draw,
    label: "Explorer: a threshold, its ROC curve and its precision–recall curve",
    hint: "Drag the threshold, or the points on the curves. Then make the illness rarer: which of the two curves does not care, and what happens to those who are called ill?",
    keys: ["separation", "spread", "prevalence", "threshold"],
  });
  const scores = scorePlot();
  const roc = curvePlot("1 − specificity", "sensitivity", "ROC curve: sensitivity against the share of false alarms");
  const pr = curvePlot("recall = sensitivity", "precision = PPV", "Precision–recall curve");
  const part = (name) => (value) => shell.set({ [name]: value });
  const make = (label, name, min, max, step, more = {}) => slider({ label, name: more.name ?? label, min, max, step, input: part(name), ...more });
  const sliders = [
    make("separation", "separation", 0, 4, 0.05, { name: "separation of the two humps" }),
    make("spread of ill", "spread", 0.5, 2, 0.05, { name: "spread of the ill" }),
    make("prevalence", "prevalence", 0.01, 0.99, 0.01, { show: (v) => `${fmt(100 * v, 0)} %` }),
    make("threshold", "threshold", ...SCORE, 0.05),
  ];
  const moveTo = (at) => shell.set({ threshold: round(clamp(at[0], ...SCORE)) });
  drag(scores.p.picture, scores.p, { pan: true, move: moveTo });
  drag(scores.tip, scores.p, { move: moveTo });
  scores.p.picture.classList.add("npx-sweep");

  // Along a curve: the threshold whose point lies nearest to the pointer.
  const along = (pointOf) => (at) => {
    const tried = range(...SCORE, 600).map(round).map((t) => [Math.hypot(...pointOf(t).map((v, i) => v - at[i])), t]);
    shell.set({ threshold: tried.reduce((best, one) => (one[0] < best[0] ? one : best))[1] });
  };
  const at = (t) => rates(...get().slice(0, 3), t);
  const onRoc = (t) => [at(t).falseAlarm, at(t).sensitivity], onPr = (t) => [at(t).sensitivity, at(t).ppv];
  drag(roc.tip, roc.p, { move: along(onRoc) });
  drag(pr.tip, pr.p, { move: along(onPr) });

  const table = html("table", { class: "npx-table" }), news = html("p", { class: "npx-news" }, "Sensitivity and specificity each look at one row of the table, at the ill or at the healthy alone: how many there are of each drops out. PPV looks down a column, across both. In practice, where an illness is rarer it may be milder, too: then the humps themselves move.");
  const result = html("p", { class: "npx-result" }), area = html("p", { class: "npx-result", "data-good": "true" });
  const areas = [html("p", { class: "npx-small" }), html("p", { class: "npx-small" })];
  const side = (title, curve, note, ...legend) => html("div", { class: "npx-main" },
    html("p", { class: "npx-title" }, title), curve.p.node, html("p", { class: "npx-legend" }, ...legend, note));
  shell.root.append(
    html("div", { class: "npx-columns" },
      html("div", { class: "npx-main" }, scores.p.node,
        html("p", { class: "npx-legend" }, patch("npx-area class0", "healthy: without this illness"), patch("npx-area class1", "ill"), "right of the threshold: called ill")),
      html("div", { class: "npx-panel" }, group("Scores and patients", "npx-even", ...sliders.map((s) => s.node)),
        html("div", { class: "npx-buttons" }, button("Start over", () => shell.set(start))))),
    html("div", { class: "npx-row" }, result, area),
    html("div", { class: "npx-row" }, table, news),
    html("div", { class: "npx-columns" },
      side("ROC", roc, areas[0], key("value", "all thresholds")),
      side("Precision–recall", pr, areas[1], key("value", "now"), key("best", "if half were ill"))));

  const row = (head, cells, last) => html("tr", {}, html("th", { scope: "row" }, head), cells.map((c) => html("td", {}, c)), last);
  function drawTable([ill, healthy], { sensitivity, specificity, ppv, npv }) {
    const head = [["", "of 1000"], ["called", "ill"], ["called", "healthy"]].map(([over, text]) => html("th", { scope: "col" }, html("small", {}, over), text));
    const rate = (name, value) => html("td", {}, html("small", {}, name), percent(value));
    table.replaceChildren(html("thead", {}, html("tr", {}, head, html("td", {}))), html("tbody", {},
      row("ill", ill, rate("sensitivity", sensitivity)), row("healthy", healthy, rate("specificity", specificity)),
      html("tr", {}, html("td", {}), rate("PPV", ppv), rate("NPV", npv), html("td", {}))));
  }

  function drawScores([separation, spread, prevalence, threshold]) {
    const { p } = scores, densities = [(v) => (1 - prevalence) * bell(v), (v) => (prevalence / spread) * bell((v - separation) / spread)];
    const most = Math.max(...densities.map((f, i) => f(i * separation))), lift = (0.95 * TALL) / most; // the larger hump fills the picture
    densities.forEach((f, i) => {
      const rim = range(...SCORE, 240).map((v) => [v, lift * f(v)]);
      const right = [[threshold, lift * f(threshold)], ...rim.filter(([v]) => v > threshold)];
      place(scores.areas[i][0], { d: `${path(p, [[threshold, 0], ...right, [SCORE[1], 0]])}Z` });
      place(scores.areas[i][1], { d: path(p, rim) });
    });
    line(scores.cut, p, [[threshold, 0], [threshold, TALL]]);
    place(scores.tip, { transform: `translate(${p.X(threshold)} ${p.Y(0.9 * TALL)})` });
  }

  // What the threshold leaves alone is drawn only when something else has changed.
  let drawn = "";
  function drawCurves(separation, spread, prevalence) {
    if (drawn === (drawn = String([separation, spread, prevalence]))) return;
    const every = range(Math.min(SCORE[0], separation - 6 * spread) - 2, Math.max(SCORE[1], separation + 6 * spread), 300);
    const curve = every.map((t) => at(t)), even = every.map((t) => rates(separation, spread, BALANCED, t));
    place(roc.curve, { d: path(roc.p, curve.map((r) => [r.falseAlarm, r.sensitivity])) });
    place(pr.curve, { d: path(pr.p, curve.map((r) => [r.sensitivity, r.ppv])) });
    place(pr.before, { d: path(pr.p, even.map((r) => [r.sensitivity, r.ppv])) });
    line(roc.chance, roc.p, [[0, 0], [1, 1]]);
    line(pr.chance, pr.p, [[0, prevalence], [1, prevalence]]);
    areas[0].textContent = "chance: the diagonal";
    areas[1].textContent = `area ${fmt(averagePrecision(separation, spread, prevalence), 3)}; chance: ${fmt(prevalence, 2)}`;
  }

  function draw() {
    const [separation, spread, prevalence, threshold] = get(), now = at(threshold), cells = counts(...get());
    drawScores(get());
    drawCurves(separation, spread, prevalence);
    for (const [side, [x, y]] of [[roc, onRoc(threshold)], [pr, onPr(threshold)]])
      place(side.tip, { transform: `translate(${side.p.X(x)} ${side.p.Y(y)})` });
    get().forEach((value, i) => sliders[i].set(value));
    drawTable(cells, now);
    const called = cells[0][0] + cells[1][0];
    result.textContent = called
      ? `Called ill: ${called} of 1000, of whom ${cells[0][0]} are ill (PPV ${percent(now.ppv)})` : "Called ill: nobody of 1000";
    result.dataset.good = now.ppv >= 0.5;
    area.textContent = `Area under the ROC curve ${fmt(auc(separation, spread), 3)}, at any prevalence`;
    shell.say(`Sensitivity ${percent(now.sensitivity)}, specificity ${percent(now.specificity)}. ${result.textContent}.`);
  }
  return shell.close;
}

export default { render };
