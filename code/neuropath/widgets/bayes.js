import { clamp, fmt, frame, html, svg } from "./_common.js";
import { button, choice, group, slider } from "./_controls.js";
import { arrow, drag, line, patch, place, plot } from "./_plots.js";

const PEOPLE = 1000, COLUMNS = 40, PITCH = 8.6;
const EDGE = 4; // the scale of odds shows 10⁻⁴ … 10⁴
const MARKS = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999];
const EXAMPLES = { "Screening: 1 % ill": 0.01, "With symptoms: 30 % ill": 0.3 };

// The chance of being ill after `times` results that all say so, or that all say no. Errors of repeated tests are
// taken as independent, given the illness: chances multiply.
export function afterPositive(prevalence, sensitivity, specificity, times = 1) {
  const ill = prevalence * sensitivity ** times, healthy = (1 - prevalence) * (1 - specificity) ** times;
  return ill / (ill + healthy);
}
export function afterNegative(prevalence, sensitivity, specificity, times = 1) {
  const ill = prevalence * (1 - sensitivity) ** times, healthy = (1 - prevalence) * specificity ** times;
  return ill / (ill + healthy);
}
export const ratios = (sensitivity, specificity) => [sensitivity / (1 - specificity), (1 - sensitivity) / specificity];
export const odds = (p) => p / (1 - p);

// Whole people: ill and healthy, of each who tests positive, and who does so twice.
export function counts(prevalence, sensitivity, specificity, people = PEOPLE) {
  const ill = Math.round(people * prevalence), healthy = people - ill;
  const found = (n, chance) => [n, Math.round(n * chance), Math.round(n * chance * chance)];
  return { ill: found(ill, sensitivity), healthy: found(healthy, 1 - specificity) };
}

// People in a row: the ill first, and all positives side by side, those who are so twice in their middle.
export function order({ ill, healthy }) {
  const ends = [ill[0] - ill[1], ill[1] - ill[2], ill[2], healthy[2], healthy[1] - healthy[2], healthy[0] - healthy[1]];
  let from = 0;
  return ends.map((n) => [from, (from += n)]);
}

export function percent(p) {
  if (p === 0 || p === 1) return `${100 * p}\u00a0%`;
  if (p < 0.0001 || p > 0.9999) return p < 0.5 ? "< 0.01\u00a0%" : "> 99.99\u00a0%";
  return `${fmt(100 * p, p > 0.001 && p < 0.999 ? 1 : 2)}\u00a0%`;
}
function ratio(o) {
  if (o === 0 || o === Infinity) return o ? "1 : 0" : "0 : 1";
  const text = (v) => String(Number(v.toFixed(v < 9.95 ? 1 : 0)));
  return o < 1 ? `1 : ${text(1 / o)}` : `${text(o)} : 1`;
}

function crowd() {
  const width = COLUMNS * PITCH, height = (PEOPLE / COLUMNS) * PITCH;
  const paths = Object.fromEntries(["once", "twice", "healthy", "ill"].map((kind) => [kind, svg("path", { class: `npx-people ${kind}` })]));
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" }, Object.values(paths));
  const at = Array.from({ length: PEOPLE }, (_, i) => `M${((i % COLUMNS) + 0.5) * PITCH} ${(Math.floor(i / COLUMNS) + 0.5) * PITCH}h.01`);
  const set = (numbers, twice, label) => {
    const [missed, once, both, alarmed, alarm] = order(numbers), ill = [missed[0], both[1]];
    const range = ([from, to]) => at.slice(from, to).join("");
    place(paths.ill, { d: range(ill) });
    place(paths.healthy, { d: range([ill[1], PEOPLE]) });
    place(paths.once, { d: range([once[0], alarm[1]]) });
    place(paths.twice, { d: twice ? range([both[0], alarmed[1]]) : "" });
    place(picture, { "aria-label": label });
  };
  return { node: html("div", { class: "npx-plot" }, picture), set };
}

function scale() {
  const p = plot({
    x: [-EDGE, EDGE], y: [0, 4], width: 350, height: 200, xlabel: "chance of being ill in %, spaced by odds", yticks: [],
    xticks: MARKS.map((m) => Math.log10(odds(m))), xname: (v) => String(Number((100 / (1 + 10 ** -v)).toPrecision(3))),
    label: "Odds before and after the test: the test moves them by a fixed distance",
  });
  const before = svg("line", { class: "npx-line probe" }), tip = svg("g", { class: "npx-knob probe" }, svg("circle", { class: "npx-reach", r: 20 }), svg("circle", { r: 9 }));
  const arrows = ["one", "two", "one"].map((kind) => arrow(kind)), names = arrows.map(() => svg("text", { class: "npx-corner" }));
  p.stage.append(before);
  p.top.append(...arrows.map((a) => a.node), ...names, tip);
  return { p, before, tip, arrows, names };
}

function render({ model, el }) {
  const traits = ["prevalence", "sensitivity", "specificity", "tests"], get = () => traits.map((name) => model.get(name));
  const start = Object.fromEntries(traits.map((name) => [name, model.get(name)]));
  const shell = frame({
    model, el, draw,
    label: "Explorer: Bayes at the bedside",
    hint: "A test says “positive”. How likely is the illness? Guess before you look below. Then drag the amber disc to make the illness rarer: do the arrows, the power of the test, change their length?",
    keys: ["prevalence", "sensitivity", "specificity", "tests"],
  });
  const people = crowd(), odd = scale();
  const make = (name, min, max, by) => slider({ label: name, min, max, step: by, show: (v) => `${fmt(100 * v, by < 0.01 ? 1 : 0)}\u00a0%`, input: (value) => shell.set({ [name]: value }) });
  const sliders = [make("prevalence", 0.001, 0.9, 0.001), make("sensitivity", 0.01, 1, 0.01), make("specificity", 0.01, 1, 0.01)];
  const kind = choice({ label: "Positive on", options: { one: "one test", two: "two tests" }, change: (tests) => shell.set({ tests }) });
  drag(odd.tip, odd.p, { move: (at) => shell.set({ prevalence: clamp(Math.round(1000 / (1 + 10 ** -at[0])) / 1000, 0.001, 0.9) }) });
  const examples = Object.entries(EXAMPLES).map(([name, prevalence]) => button(name, () => shell.set({ ...start, prevalence })));
  const result = html("p", { class: "npx-result" }), told = html("p", { class: "npx-news" }), table = html("table", { class: "npx-table" });
  const dot = (kind, text) =>
    html("span", {}, svg("svg", { viewBox: "-6 -6 12 12", class: "npx-icon", "aria-hidden": "true" }, svg("path", { class: `npx-people ${kind}`, d: "M0 0h.01" })), text);
  const legend = html("p", { class: "npx-legend npx-flush" }, dot("ill", "ill"), dot("healthy", "healthy"), patch("npx-positive", "tests positive"));
  shell.root.append(
    html("div", { class: "npx-columns" },
      html("div", { class: "npx-main" }, people.node, legend),
      html("div", { class: "npx-panel" }, group("People and test", "npx-even", ...sliders.map((s) => s.node)), kind.node,
        html("div", { class: "npx-buttons" }, examples, button("Start over", () => shell.set(start))),
        html("p", { class: "npx-small" }, "Examples, of no real test. A real one may err at other rates among people with symptoms than in screening."))),
    html("div", { class: "npx-row" }, html("div", { class: "npx-panel" }, result, told, table), odd.p.node));

  function drawScale([prevalence, sensitivity, specificity, tests]) {
    const { p } = odd, chances = [1, 2].map((n) => afterPositive(prevalence, sensitivity, specificity, n));
    const logit = (v) => clamp(Math.log10(odds(v)), -EDGE, EDGE), from = logit(prevalence);
    const ends = [[from, logit(chances[0])], [from, logit(afterNegative(prevalence, sensitivity, specificity))], [logit(chances[0]), logit(chances[1])]];
    ends.forEach(([a, b], i) => {
      const y = [3, 1, 2][i], shown = { visibility: i < 2 || tests === "two" ? "visible" : "hidden" };
      odd.arrows[i].set(p, [a, y], [b, y]);
      place(odd.arrows[i].node, shown);
      const left = i === 1 ? a > 2 - EDGE : a > EDGE - 1.2; // on which side of its start the name has room
      place(odd.names[i], { ...shown, x: p.X(a) + (left ? -6 : 6), y: p.Y(y) - 8, "text-anchor": left ? "end" : "start" });
      odd.names[i].textContent = ["positive", "negative", "again"][i];
    });
    line(odd.before, p, [[from, 0], [from, 4]]);
    place(odd.tip, { transform: `translate(${p.X(from)} ${p.Y(0.4)})` });
  }

  function drawTable([prevalence, sensitivity, specificity, tests]) {
    const [plus, minus] = ratios(sensitivity, specificity), factor = (v) => `× ${v === Infinity ? "∞" : fmt(v, v < 10 ? 2 : 1)}`;
    const row = (name, p, by) => html("tr", {}, html("th", { scope: "row" }, name), [percent(p), ratio(odds(p)), by].map((text) => html("td", {}, text)));
    const head = [["", ""], ["", "chance"], ["", "odds"], ["likelihood", "ratio"]].map(([over, text]) => html("th", { scope: "col" }, html("small", {}, over), text));
    const after = afterPositive(prevalence, sensitivity, specificity), twice = afterPositive(prevalence, sensitivity, specificity, 2);
    table.replaceChildren(html("thead", {}, html("tr", {}, head)), html("tbody", {},
      row("before", prevalence, ""), row("positive", after, factor(plus)), tests === "two" ? row("again", twice, factor(plus)) : [],
      row("negative", afterNegative(prevalence, sensitivity, specificity), factor(minus))));
  }

  // The same in whole people, which most of us follow better than chances.
  function sentence({ ill, healthy }, tests) {
    const first = `Of ${PEOPLE} people, ${ill[0]} are ill: ${ill[1]} of them test positive. Of the ${healthy[0]} healthy, ${healthy[1]} do, too.`;
    if (tests === "one") return `${first} So ${ill[1]} of the ${ill[1] + healthy[1]} who test positive are ill.`;
    return `${first} Tested again, ${ill[2]} ill and ${healthy[2]} healthy are positive twice, if the second test errs independently of the first, given the illness. A cause that fools both tests breaks that.`;
  }

  function draw() {
    const now = get(), [prevalence, sensitivity, specificity, tests] = now, times = tests === "two" ? 2 : 1;
    const numbers = counts(prevalence, sensitivity, specificity), ppv = afterPositive(prevalence, sensitivity, specificity, times);
    told.textContent = sentence(numbers, tests);
    people.set(numbers, tests === "two", told.textContent);
    legend.lastChild.lastChild.textContent = tests === "two" ? "tests positive, darker: twice" : "tests positive";
    now.slice(0, 3).forEach((value, i) => sliders[i].set(value));
    kind.set(tests);
    drawScale(now);
    drawTable(now);
    const npv = 1 - afterNegative(prevalence, sensitivity, specificity);
    result.textContent = `${tests === "two" ? "Twice positive" : "Positive"}: ill with a chance of ${percent(ppv)}${tests === "two" ? "" : ` (PPV). Negative: not ill, ${percent(npv)} (NPV)`}`;
    result.dataset.good = ppv >= 0.5;
    shell.say(`${result.textContent}. Of ${PEOPLE}, ${numbers.ill[times]} ill and ${numbers.healthy[times]} healthy are positive${times > 1 ? " twice" : ""}.`);
  }
  return shell.close;
}

export default { render };
