import { clamp, fmt, frame, html, scientific, svg } from "./_common.js";
import { button, choice, group, slider } from "./_controls.js";
import { arrow, drag, key, knob, place, plot } from "./_plots.js";

export const CLASSES = ["glioma", "meningioma", "pituitary", "healthy"];
const LIMIT = 4; // logits and the constant lie in -4 … 4

const total = (values) => values.reduce((a, b) => a + b, 0);
export const scaled = (logits, constant, temperature) => logits.map((z) => (z + constant) / temperature);

// The largest logit is subtracted first: nothing overflows, and nothing changes.
export function softmax(u) {
  const top = Math.max(...u), e = u.map((v) => Math.exp(v - top)), sum = total(e);
  return e.map((v) => v / sum);
}

// −log p of class `truth` from the logits: log Σ exp(u) − u_t, finite even where p rounds to 0.
export function crossEntropy(u, truth) {
  const top = Math.max(...u);
  return top + Math.log(u.reduce((sum, v) => sum + Math.exp(v - top), 0)) - u[truth];
}

export const gradient = (u, truth) => softmax(u).map((p, k) => p - (k === truth ? 1 : 0));

// One step down the gradient with respect to z = T u − c, at rate 1.
export function descend(logits, constant, temperature, truth) {
  const g = gradient(scaled(logits, constant, temperature), truth);
  return logits.map((z, k) => z - g[k] / temperature);
}

const round = (v) => Math.round(clamp(v, -LIMIT, LIMIT) * 100) / 100;
const WIDTH = 0.56; // of a bar, columns being 1 apart

function bars(y, yticks, label) {
  const p = plot({
    x: [-0.5, 3.5], y, width: 340, height: 270, xlabel: "", xticks: [0, 1, 2, 3], yticks, label,
    xname: (k) => CLASSES[k], yname: (v) => fmt(v, v % 1 ? 1 : 0),
  });
  const rects = CLASSES.map(() => svg("rect", { width: p.X(WIDTH) - p.X(0) }));
  p.stage.append(...rects);
  return { p, rects };
}

// A bar from 0 to v in column k.
function setBar({ p, rects }, k, v) {
  place(rects[k], { x: p.X(k - WIDTH / 2), y: p.Y(Math.max(v, 0)), height: Math.abs(p.Y(v) - p.Y(0)) });
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const start = { logits: get("logits"), constant: get("constant"), temperature: get("temperature"), truth: get("truth") };
  const shell = frame({
    model, el, draw,
    label: "Explorer: softmax, its loss and its gradient",
    hint: "Drag the bars’ knobs. Then add one number to all logits: what changes on the right? And when does the true class feel the strongest pull?",
    keys: ["logits", "constant", "temperature", "truth"],
  });
  const setLogit = (k) => (v) => shell.set({ logits: get("logits").map((z, j) => (j === k ? round(v) : z)) });

  const left = bars([-2 * LIMIT, 2 * LIMIT], [-8, -4, 0, 4, 8], "Logits with the constant added, as bars to drag");
  const right = bars([0, 1.06], [0, 0.5, 1], "Probabilities, targets, and arrows from target to probability");
  left.p.stage.append(svg("line", { class: "npx-tangent", x1: 0, x2: left.p.w, y1: left.p.Y(0), y2: left.p.Y(0) }));
  left.rects.forEach((node) => node.setAttribute("class", "npx-bar logit"));
  right.rects.forEach((node) => node.setAttribute("class", "npx-bar answer"));
  const target = svg("rect", { class: "npx-bar target", width: right.p.X(WIDTH) - right.p.X(0) });
  const arrows = CLASSES.map(() => arrow("thin out"));
  const knobs = CLASSES.map((name, k) => {
    const node = knob("one");
    for (const held of [node, left.rects[k]]) {
      drag(held, left.p, {
        start: (at) => get("logits")[k] - at[1], // the bar keeps its distance from the finger
        move: (at, off) => setLogit(k)(at[1] + off),
      });
    }
    return node;
  });
  left.p.top.append(...knobs);
  right.p.stage.append(target);
  right.p.top.append(...arrows.map((a) => a.node));

  const sliders = CLASSES.map((name, k) => slider({ label: name, name: `logit of ${name}`, min: -LIMIT, max: LIMIT, step: 0.05, input: setLogit(k) }));
  const constant = slider({ label: "add c", name: "constant added to all logits", min: -LIMIT, max: LIMIT, step: 0.05, input: (c) => shell.set({ constant: c }) });
  const temperature = slider({ label: "divide by T", name: "T, temperature", min: 0.2, max: 5, step: 0.05, input: (T) => shell.set({ temperature: T }) });
  const truth = choice({ label: "True class", options: Object.fromEntries(CLASSES.map((c) => [c, c])), change: (value) => shell.set({ truth: value }) });
  const sum = html("p", { class: "npx-sum" }), result = html("p", { class: "npx-result" }), note = html("p", { class: "npx-news" });
  const table = html("table", { class: "npx-table tight" });
  const down = () => {
    const z = descend(get("logits"), get("constant"), get("temperature"), CLASSES.indexOf(get("truth")));
    shell.set({ logits: z.map(round) });
  };
  const buttons = html("div", { class: "npx-buttons" }, button("Step down the gradient", down), button("Start over", () => shell.set(start)));
  shell.root.append(
    html("div", { class: "npx-columns" },
      html("div", { class: "npx-main" }, html("p", { class: "npx-title" }, "Logits z + c"), left.p.node),
      html("div", { class: "npx-main" }, html("p", { class: "npx-title" }, "Probabilities p"), right.p.node, html("p", { class: "npx-legend" }, key("target", "target y"), key("pull", "gradient p − y")))),
    html("div", { class: "npx-below" }, result),
    html("div", { class: "npx-row" },
      html("div", { class: "npx-panel" }, group("Logits z", "one named", ...sliders.map((s) => s.node)), group("For all of them: u = (z + c) / T", "two named", constant.node, temperature.node)),
      html("div", { class: "npx-panel" }, truth.node, sum, note, buttons)),
    html("div", { class: "npx-below" }, table));

  function drawTable(u, p, g, t) {
    const heads = ["class", "u", "p", "y", "p − y"].map((text) => html("th", { scope: "col" }, text));
    const rows = CLASSES.map((name, k) =>
      html("tr", {}, html("th", { scope: "row" }, k === t ? html("strong", {}, name) : name),
        [fmt(u[k]), fmt(p[k], 3), String(Number(k === t)), fmt(g[k], 3)].map((text) => html("td", {}, text))));
    const sums = html("tr", {}, html("th", { scope: "row" }, "sum"), ["", fmt(total(p), 3), "1", fmt(total(g), 3)].map((text) => html("td", {}, text)));
    table.replaceChildren(html("thead", {}, html("tr", {}, heads)), html("tbody", {}, rows, sums));
  }

  function remark(c, T, p, t, g) {
    if (c !== 0) return `Every logit has moved by ${fmt(c)}; no probability, no arrow and no loss has.`;
    if (T <= 0.4) return "A low temperature: the largest logit takes nearly everything.";
    if (T >= 3) return "A high temperature: the answers draw together, whoever leads.";
    if (g[t] < -0.95) return "Certain and wrong: the pull on the true class is nearly 1, and never more, however wrong.";
    if (p[t] > 0.95) return "Nearly certain and right: almost no pull is left.";
    return "What pulls the true class up is exactly what pushes the others down.";
  }

  function draw() {
    const z = get("logits"), c = get("constant"), T = get("temperature"), t = CLASSES.indexOf(get("truth"));
    const u = scaled(z, c, T), p = softmax(u), g = gradient(u, t), loss = crossEntropy(u, t);
    CLASSES.forEach((_, k) => {
      setBar(left, k, z[k] + c);
      setBar(right, k, p[k]);
      place(knobs[k], { transform: `translate(${left.p.X(k)} ${left.p.Y(z[k] + c)})` });
      arrows[k].set(right.p, [k, k === t ? 1 : 0], [k, p[k]]);
      place(arrows[k].node, { visibility: Math.abs(g[k]) < 0.045 ? "hidden" : "visible" });
      sliders[k].set(z[k]);
    });
    place(target, { x: right.p.X(t - WIDTH / 2), y: right.p.Y(1), height: right.p.Y(0) - right.p.Y(1) });
    constant.set(c);
    temperature.set(T);
    truth.set(CLASSES[t]);
    drawTable(u, p, g, t);
    const share = p[t] < 5e-4 ? scientific(p[t]) : fmt(p[t], 3);
    sum.replaceChildren(
      html("strong", {}, `loss = log Σ exp(u) − u of ${CLASSES[t]}`),
      html("span", {}, `= ${fmt(loss + u[t], 3)} − ${u[t] < 0 ? `(${fmt(u[t], 3)})` : fmt(u[t], 3)} = −log ${share}`));
    result.textContent = `p(${CLASSES[t]}) = ${share}, loss ${fmt(loss)}`;
    result.dataset.good = p[t] >= Math.max(...p);
    note.textContent = remark(c, T, p, t, g);
    shell.say(`Probability of ${CLASSES[t]} ${share}, loss ${fmt(loss)}, gradient ${fmt(g[t], 3)}. ${note.textContent}`);
  }
  return shell.close;
}

export default { render };
