import { clamp, fmt, frame, html, range, svg } from "./_common.js";
import { button, choice, group, slider } from "./_controls.js";
import { arrow, drag, key, knob, line, patch, path, place, plot } from "./_plots.js";

const LIMIT = 2.5, MOST = 3; // the plane shows -2.5 … 2.5, the strength goes to 3
const MIX = { l1: 1, elastic: 0.5, l2: 0 }; // how much of the penalty is L1
const NAMES = { l1: "L1 (lasso)", l2: "L2 (ridge)", elastic: "half of each" };

// The loss ½ (w − c)ᵀ H (w − c): ellipses around c, `stretch` times as long as wide, the long axis at `angle`.
export function hessian(angle, stretch) {
  const turn = (angle * Math.PI) / 180, u = Math.cos(turn), v = Math.sin(turn), flat = 1 / stretch ** 2;
  return [[flat * u * u + v * v, (flat - 1) * u * v], [(flat - 1) * u * v, flat * v * v + u * u]];
}
export function loss(H, centre, w) {
  const [a, b] = [w[0] - centre[0], w[1] - centre[1]];
  return (H[0][0] * a * a + 2 * H[0][1] * a * b + H[1][1] * b * b) / 2;
}
// ρ (|w₁| + |w₂|) + (1 − ρ) (w₁² + w₂²) / 2
export const penalty = (kind, w) => MIX[kind] * (Math.abs(w[0]) + Math.abs(w[1])) + ((1 - MIX[kind]) * (w[0] ** 2 + w[1] ** 2)) / 2;

export const soft = (z, by) => Math.sign(z) * Math.max(Math.abs(z) - by, 0);

// Least loss + strength × penalty. L2: (H + λ I) w = H c, solved. Otherwise each weight in turn gets its own
// best value, a soft threshold, which is exactly 0 in a whole range; until nothing moves.
export function solve(kind, H, centre, strength, from = centre) {
  const pull = H.map((row) => row[0] * centre[0] + row[1] * centre[1]), cross = H[0][1];
  const ridge = strength * (1 - MIX[kind]), d = [H[0][0] + ridge, H[1][1] + ridge];
  if (kind === "l2") {
    const det = d[0] * d[1] - cross * cross;
    return [(d[1] * pull[0] - cross * pull[1]) / det, (d[0] * pull[1] - cross * pull[0]) / det];
  }
  let [w1, w2] = from;
  for (let sweep = 0; sweep < 5000; sweep++) {
    const before = [w1, w2];
    w1 = soft(pull[0] - cross * w2, strength * MIX[kind]) / d[0];
    w2 = soft(pull[1] - cross * w1, strength * MIX[kind]) / d[1];
    if (Math.abs(w1 - before[0]) + Math.abs(w2 - before[1]) < 1e-14) break;
  }
  return [w1, w2];
}

// The optimum at every strength, each found from its neighbour.
export function solutions(kind, H, centre, n = 300) {
  let w = centre;
  return range(0, MOST, n).map((strength) => [strength, (w = solve(kind, H, centre, strength, w))]);
}

// From which strength on a weight stays exactly 0; null if it never does.
export function zeroFrom(way, which) {
  const last = way.findLastIndex(([, w]) => w[which] !== 0);
  return last + 1 < way.length ? way[last + 1][0] : null;
}

// The rim of {w: penalty(w) ≤ level}, and of an ellipse of equal loss.
export const ball = (kind, level) => range(0, 2 * Math.PI, 240).map((t) => {
  const a = (1 - MIX[kind]) / 2, b = MIX[kind] * (Math.abs(Math.cos(t)) + Math.abs(Math.sin(t)));
  const r = (2 * level) / (b + Math.sqrt(b * b + 4 * a * level) || 1);
  return [r * Math.cos(t), r * Math.sin(t)];
});
export function ellipse(angle, stretch, centre, level) {
  const turn = (angle * Math.PI) / 180, r = Math.sqrt(2 * level), u = Math.cos(turn), v = Math.sin(turn);
  return range(0, 2 * Math.PI, 120).map((t) => {
    const long = stretch * r * Math.cos(t), wide = r * Math.sin(t);
    return [centre[0] + long * u - wide * v, centre[1] + long * v + wide * u];
  });
}

// Where the long axis is held: 0.8 from the centre, at the end that is in the picture; nearer where neither is.
export function handle(centre, turn) {
  const along = [Math.cos(turn), Math.sin(turn)];
  const room = (sign) => Math.min(0.8, ...along.map((u, i) => (LIMIT - Math.sign(sign * u) * centre[i]) / Math.max(Math.abs(u), 1e-9)));
  const r = room(1) < room(-1) ? -room(-1) : room(1);
  return centre.map((c, i) => c + r * along[i]);
}

function plane() {
  const ticks = [-2, -1, 0, 1, 2];
  const p = plot({
    x: [-LIMIT, LIMIT], y: [-LIMIT, LIMIT], width: 350, height: 350, xlabel: "w₁", ylabel: "w₂", xticks: ticks, yticks: ticks,
    label: "The plane of two weights: ellipses of equal loss, the ball of the penalty, and the optimum where they touch",
  });
  const parts = {
    p, levels: svg("path", { class: "npx-contour" }), ball: svg("path", { class: "npx-ball" }), touching: svg("path", { class: "npx-curve slope" }),
    way: svg("path", { class: "npx-way" }), best: svg("circle", { class: "npx-point value", r: 7 }), axis: arrow("thin out"), tip: knob("out"), centre: knob("probe"),
  };
  const cross = [[[-LIMIT, 0], [LIMIT, 0]], [[0, -LIMIT], [0, LIMIT]]].map((ends) => {
    const node = svg("line", { class: "npx-zero" });
    line(node, p, ends);
    return node;
  });
  p.stage.append(parts.levels, parts.ball, ...cross, parts.touching, parts.way);
  p.top.append(parts.axis.node, parts.best, parts.tip, parts.centre);
  return parts;
}

function wayPlot() {
  const p = plot({
    x: [0, MOST], y: [-LIMIT, LIMIT], width: 350, height: 220, xlabel: "strength λ", xticks: [0, 1, 2, 3], yticks: [-2, -1, 0, 1, 2],
    label: "Both weights at every strength of the penalty",
  });
  const curves = ["one", "two"].map((kind) => svg("path", { class: `npx-curve npx-line ${kind}` })), now = svg("line", { class: "npx-line probe" });
  p.stage.append(now, ...curves);
  p.picture.classList.add("npx-sweep");
  return { p, curves, now };
}

function render({ model, el }) {
  const names = ["penalty", "strength", "centre", "angle", "stretch"], get = () => names.map((name) => model.get(name));
  const start = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const shell = frame({
    model, el, draw,
    label: "Explorer: the geometry of L1 and L2",
    hint: "Raise the strength λ until a weight is exactly 0, not just small. Can L2 do that, too? Drag the loss’s centre and its long axis to make it harder.",
    keys: ["penalty", "strength", "centre", "angle", "stretch"],
  });
  const parts = plane(), { p } = parts, right = wayPlot();
  const round = (v) => Math.round(v * 100) / 100, inside = (v) => round(clamp(v, -2.2, 2.2));
  const put = (name) => (value) => shell.set({ [name]: value });
  drag(parts.centre, p, { move: (at) => shell.set({ centre: at.map(inside) }) });
  drag(parts.tip, p, {
    move: (at) => {
      const [dx, dy] = at.map((v, i) => v - model.get("centre")[i]), turn = (Math.atan2(dy, dx) * 180) / Math.PI;
      if (Math.hypot(dx, dy) > 1e-6) shell.set({ angle: Math.round(turn) });
    },
  });
  drag(right.p.picture, right.p, { pan: true, move: (at) => shell.set({ strength: round(clamp(at[0], 0, MOST)) }) });
  const kind = choice({ label: "Penalty", options: NAMES, change: put("penalty") });
  const strength = slider({ label: "strength λ", min: 0, max: MOST, step: 0.01, input: put("strength") });
  const part = (i) => (value) => shell.set({ centre: model.get("centre").map((old, j) => (i === j ? value : old)) });
  const sliders = [
    slider({ label: "centre w₁", min: -2.2, max: 2.2, step: 0.05, input: part(0) }),
    slider({ label: "centre w₂", min: -2.2, max: 2.2, step: 0.05, input: part(1) }),
    slider({ label: "angle", name: "angle of the long axis, degrees", min: -180, max: 180, step: 1, digits: 0, input: put("angle") }),
    slider({ label: "stretch", name: "stretch, length over width", min: 1, max: 4, step: 0.1, digits: 1, input: put("stretch") }),
  ];
  const result = html("p", { class: "npx-result" }), sum = html("p", { class: "npx-sum" }), news = html("p", { class: "npx-news" });
  shell.root.append(
    html("div", { class: "npx-columns" },
      html("div", { class: "npx-main" }, p.node, html("p", { class: "npx-legend" }, key("slope", "equal loss"), patch("npx-ball", "equal penalty, or less"), key("npx-way", "optimum as λ grows"))),
      html("div", { class: "npx-main" }, kind.node, html("div", { class: "npx-even" }, strength.node), right.p.node,
        html("p", { class: "npx-legend" }, key("npx-line one", "w₁"), key("npx-line two", "w₂")))),
    html("div", { class: "npx-row" }, html("div", { class: "npx-panel" }, result, sum, news),
      html("div", { class: "npx-panel" }, group("Loss without penalty", "npx-even probe", ...sliders.map((s) => s.node)),
        html("div", { class: "npx-buttons" }, button("Start over", () => shell.set(start))))));

  function drawPlane(name, w, way, H, [centre, angle, stretch]) {
    const end = handle(centre, (angle * Math.PI) / 180);
    place(parts.levels, { d: [0.05, 0.2, 0.5, 1, 2, 4].map((level) => path(p, ellipse(angle, stretch, centre, level))).join("") });
    place(parts.touching, { d: path(p, ellipse(angle, stretch, centre, loss(H, centre, w))) });
    place(parts.ball, { d: `${path(p, ball(name, penalty(name, w)))}Z` });
    place(parts.way, { d: path(p, way.map(([, at]) => at)) });
    place(parts.best, { cx: p.X(w[0]), cy: p.Y(w[1]) });
    parts.axis.set(p, centre, end);
    for (const [node, at] of [[parts.centre, centre], [parts.tip, end]]) place(node, { transform: `translate(${p.X(at[0])} ${p.Y(at[1])})` });
  }

  function remark(name, lambda, way) {
    const zeros = ["w₁", "w₂"].map((w, i) => [w, zeroFrom(way, i)]).filter(([, from]) => from !== null && from <= lambda);
    const told = zeros.map(([w, from]) => `${w} is 0 from λ = ${fmt(from)} on`).join(", ");
    if (name === "l2") return "The circle has no corners: it touches an ellipse on an axis only by coincidence. L2 makes weights small, not zero.";
    if (!told) return "Follow the dotted path: where does it meet an axis, and how does it go on from there?";
    return `${told}. The corner sticks out: it is touched first from a whole range of directions.`;
  }

  function draw() {
    const [name, lambda, centre, angle, stretch] = get(), H = hessian(angle, stretch);
    const w = solve(name, H, centre, lambda), way = solutions(name, H, centre);
    drawPlane(name, w, way, H, [centre, angle, stretch]);
    right.curves.forEach((curve, i) => place(curve, { d: path(right.p, way.map(([at, v]) => [at, v[i]])) }));
    line(right.now, right.p, [[lambda, -LIMIT], [lambda, LIMIT]]);
    kind.set(name);
    strength.set(lambda);
    [...centre, angle, stretch].forEach((value, i) => sliders[i].set(value));
    const zero = ["w₁", "w₂"].filter((_, i) => w[i] === 0), told = loss(H, centre, w) + lambda * penalty(name, w);
    result.textContent = zero.length ? `${zero.join(" and ")} ${zero.length > 1 ? "are" : "is"} exactly 0` : "No weight is exactly 0";
    result.dataset.good = zero.length > 0;
    sum.replaceChildren(
      html("strong", {}, `w = (${w.map((v) => (v === 0 ? "0" : fmt(v, 3))).join(", ")})`),
      html("span", {}, `loss ${fmt(loss(H, centre, w), 3)} + λ · penalty ${fmt(penalty(name, w), 3)} = ${fmt(told, 3)}`));
    news.textContent = remark(name, lambda, way);
    shell.say(`Strength ${fmt(lambda)}: ${sum.firstChild.textContent}. ${result.textContent}.`);
  }
  return shell.close;
}

export default { render };
