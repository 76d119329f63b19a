import { clamp, fmt, frame, html, power, scientific, svg } from "./_common.js";
import { choice, group, player, slider } from "./_controls.js";
import { drag, knob, path, place, plot, tint } from "./_plots.js";

const LAST = 200, PLANE = [-2.2, 2.2], NEAR = 0.01, FLOOR = -6;

// Each surface: its value, its gradient, and a place where it is lowest.
const SURFACES = {
  bowl: { f: (x, y) => (x * x + 40 * y * y) / 2, slope: (x, y) => [x, 40 * y], lowest: [0, 0] },
  valley: {
    f: (x, y) => (1 - x) ** 2 + 5 * (y + 1 - x * x) ** 2,
    slope: (x, y) => [2 * (x - 1) - 20 * x * (y + 1 - x * x), 10 * (y + 1 - x * x)],
    lowest: [1, 0],
  },
  saddle: { f: (x, y) => (x * x - y * y) / 2 + y ** 4 / 8, slope: (x, y) => [x, y ** 3 / 2 - y], lowest: [0, Math.SQRT2] },
  two: { f: (x, y) => (x * x - 1) ** 2 + 0.4 * x + y * y, slope: (x, y) => [4 * x * (x * x - 1) + 0.4, 2 * y], lowest: [-1.0466805318046022, 0] },
};
const METHODS = { sgd: "SGD", momentum: "momentum", rmsprop: "RMSprop", adam: "Adam" };
const SHAPES = { sgd: "M-5 -5H5V5H-5Z", momentum: "M0 -7L6.5 5H-6.5Z", rmsprop: "M0 -7L7 0L0 7L-7 0Z", adam: "M6 0A6 6 0 1 1 -6 0A6 6 0 1 1 6 0Z" };

export const lossAt = (surface, [x, y]) => SURFACES[surface].f(x, y);
export const slopeAt = (surface, [x, y]) => SURFACES[surface].slope(x, y);
export const gapAt = (surface, w) => lossAt(surface, w) - lossAt(surface, SURFACES[surface].lowest);

// One step: from {w, v, s, t}, place, velocity (or first moment), second moment and count, to the next.
export function advance(method, { w, v, s, t }, g, rate) {
  const each = (f) => w.map((_, i) => f(i));
  if (method === "sgd") return { w: each((i) => w[i] - rate * g[i]), v, s, t: t + 1 };
  if (method === "momentum") {
    const speed = each((i) => 0.9 * v[i] - rate * g[i]);
    return { w: each((i) => w[i] + speed[i]), v: speed, s, t: t + 1 };
  }
  if (method === "rmsprop") {
    const square = each((i) => 0.9 * s[i] + 0.1 * g[i] ** 2);
    return { w: each((i) => w[i] - (rate * g[i]) / Math.sqrt(square[i] + 1e-7)), v, s: square, t: t + 1 };
  }
  const mean = each((i) => 0.9 * v[i] + 0.1 * g[i]), square = each((i) => 0.999 * s[i] + 0.001 * g[i] ** 2);
  const free = (rate * Math.sqrt(1 - 0.999 ** (t + 1))) / (1 - 0.9 ** (t + 1));
  return { w: each((i) => w[i] - (free * mean[i]) / (Math.sqrt(square[i]) + 1e-7)), v: mean, s: square, t: t + 1 };
}

// The places an optimiser visits, start included; a path that has left for good ends early.
export function trail(method, surface, start, rate, steps) {
  let state = { w: start, v: [0, 0], s: [0, 0], t: 0 };
  const places = [start];
  while (places.length <= steps && Math.hypot(...state.w) < 100) {
    state = advance(method, state, slopeAt(surface, state.w), rate);
    places.push(state.w);
  }
  return places;
}

// The first step at which the loss is within 0.01 of the lowest and stays there for ten more (it may leave later); −1 where it never does.
export const arrival = (gaps) => gaps.findIndex((_, i) => i + 10 < gaps.length && gaps.slice(i, i + 11).every((gap) => gap < NEAR));

const shape = (method) => svg("path", { class: `npx-runner ${method}`, d: SHAPES[method] });
const runners = (p) => Object.fromEntries(Object.keys(METHODS).map((method) => {
  const parts = { path: svg("path", { class: `npx-race ${method}` }), head: shape(method) };
  p.stage.append(parts.path);
  p.top.append(parts.head);
  return [method, parts];
}));

// A path and its head; the head only where it is in the picture.
function drawRunner({ path: node, head }, p, points) {
  node.setAttribute("d", path(p, points));
  const [x, y] = points.at(-1), inside = x >= p.x[0] && x <= p.x[1] && y >= p.y[0] && y <= p.y[1];
  place(head, { transform: `translate(${p.X(x)} ${p.Y(y)})`, visibility: inside ? "visible" : "hidden" });
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const shell = frame({
    model, el, draw,
    label: "Explorer: four optimisers race",
    hint: "Drag the start, change the rate that all four share. Is there a surface where plain SGD wins, and a rate at which only some arrive?",
    keys: ["surface", "start", "learning_rate", "steps"],
  });
  const ticks = [-2, -1, 0, 1, 2];
  const left = plot({ x: PLANE, y: PLANE, width: 340, height: 340, xlabel: "x", ylabel: "y", xticks: ticks, yticks: ticks, label: "The loss from above, in contour lines, deeper in colour where it is higher, with the path of each optimiser" });
  left.canvas.width = left.canvas.height = 294;
  const right = plot({
    x: [0, LAST], y: [FLOOR, 2.4], width: 340, height: 230, xlabel: "loss above the lowest, over the steps", xticks: [0, 50, 100, 150, 200], yticks: [-6, -4, -2, 0, 2],
    yname: (v) => (v ? power(v) : "1"), label: "Loss above the lowest, on a logarithmic axis, over the steps",
  });
  right.stage.append(svg("line", { class: "npx-drop", x1: 0, x2: right.w, y1: right.Y(Math.log10(NEAR)), y2: right.Y(Math.log10(NEAR)) }));
  const goal = svg("g", { class: "npx-goal" }, svg("path", { d: "M-5 0H5M0 -5V5" })), goal2 = goal.cloneNode(true);
  left.stage.append(goal, goal2);
  const tracks = runners(left), curves = runners(right), handle = knob("out");
  left.top.append(handle);

  const inside = (at) => at.map((v) => Math.round(clamp(v, -2, 2) * 100) / 100);
  drag(handle, left, { move: (at) => shell.set({ start: inside(at) }) });
  const coordinate = (i) => (v) => shell.set({ start: get("start").map((old, j) => (i === j ? v : old)) });
  const sliders = [0, 1].map((i) => slider({ label: "xy"[i], name: `start, ${"xy"[i]}`, min: -2, max: 2, step: 0.05, input: coordinate(i) }));
  const rate = slider({ label: "η", name: "learning rate", min: -3, max: 0, step: 0.05, show: (v) => scientific(Number((10 ** v).toPrecision(2))), input: (v) => shell.set({ learning_rate: Number((10 ** v).toPrecision(2)) }) });
  const steps = slider({ label: "n", name: "steps shown", min: 0, max: LAST, step: 1, digits: 0, input: (n) => { fresh = false; shell.set({ steps: n }); } });
  const kind = choice({ label: "Loss surface", options: { bowl: "long bowl", valley: "curved valley", saddle: "saddle", two: "two minima" }, change: (surface) => shell.set({ surface }) });
  let fresh = true; // the first Start runs from the start; later ones go on
  function forward() {
    const n = get("steps");
    fresh = false;
    shell.set({ steps: n < LAST ? n + 1 : 0 });
    return n + 1 < LAST;
  }
  const reset = () => shell.set({ steps: 0 });
  const play = player({ advance: forward, reset, begin: () => fresh && reset(), rate: 30 });
  const result = html("p", { class: "npx-result steady" }), table = html("table", { class: "npx-table tight" });
  shell.root.append(html("div", { class: "npx-columns" },
    html("div", { class: "npx-main" }, left.node, html("div", { class: "npx-panel" }, play.node, result, table)),
    html("div", { class: "npx-main" }, right.node, html("div", { class: "npx-panel" }, kind.node, group("For all four: learning rate η, steps n", "", rate.node, steps.node),
      group("Starting point", "out", ...sliders.map((s) => s.node))))));

  let painted = "";
  function paint(surface) {
    const now = `${surface} ${shell.root.dataset.theme}`;
    if (painted === now) return;
    painted = now;
    const pixel = (PLANE[1] - PLANE[0]) / left.canvas.width, top = Math.log1p(gapAt(surface, [2.2, -2.2]));
    const height = (x, y) => (14 * Math.log1p(gapAt(surface, [x, y]))) / top, band = (x, y) => Math.floor(height(x, y));
    tint(left, (x, y) => // a contour line where a neighbour belongs to another band
      band(x, y) === band(x + pixel, y) && band(x, y) === band(x, y + pixel) ? height(x, y) / 36 : 1, 150);
    const [x, y] = SURFACES[surface].lowest, mirror = surface === "saddle" ? -y : y;
    place(goal, { transform: `translate(${left.X(x)} ${left.Y(y)})` });
    place(goal2, { transform: `translate(${left.X(x)} ${left.Y(mirror)})` });
  }

  function drawTable(rows) {
    const icon = (method) => svg("svg", { viewBox: "-12 -12 24 24", class: "npx-icon", "aria-hidden": "true" }, shape(method));
    const heads = ["optimiser", "above lowest", "arrived"].map((text) => html("th", { scope: "col" }, text));
    table.replaceChildren(html("thead", {}, html("tr", {}, heads)), html("tbody", {}, rows.map(({ method, gap, came }) =>
      html("tr", {}, html("th", { scope: "row" }, icon(method), ` ${METHODS[method]}`), html("td", {}, gap < 1e4 ? scientific(gap) : "gone"), html("td", {}, came < 0 ? "–" : `step ${came}${gap < NEAR ? "" : ", left"}`)))));
  }

  function draw() {
    const surface = get("surface"), start = get("start"), eta = get("learning_rate"), n = get("steps");
    paint(surface);
    const rows = Object.keys(METHODS).map((method) => {
      const places = trail(method, surface, start, eta, LAST), gaps = places.map((w) => gapAt(surface, w)), step = arrival(gaps);
      drawRunner(tracks[method], left, places.slice(0, n + 1));
      drawRunner(curves[method], right, gaps.slice(0, n + 1).map((gap, i) => [i, clamp(Math.log10(Math.max(gap, 1e-30)), FLOOR, 6)]));
      return { method, gap: Math.max(gaps[n] ?? gaps.at(-1), 0), came: step > n ? -1 : step };
    });
    place(handle, { transform: `translate(${left.X(start[0])} ${left.Y(start[1])})` });
    sliders.forEach((s, i) => s.set(start[i]));
    rate.set(Math.log10(eta));
    steps.set(n);
    kind.set(surface);
    drawTable(rows);
    const there = rows.filter((row) => row.came >= 0).sort((a, b) => a.came - b.came);
    const first = there.filter((row) => row.came === there[0].came).map((row) => METHODS[row.method]).join(" and ");
    result.textContent = there.length ? `${first} first, at step ${there[0].came}; arrived: ${there.length} of 4` : `After ${n} steps nobody has arrived`;
    result.dataset.good = there.length > 0;
    shell.say(`${result.textContent}. ${rows.map((row) => `${METHODS[row.method]} ${scientific(row.gap)}`).join(", ")}.`);
  }
  return () => { play.stop(); shell.close(); };
}

export default { render };
