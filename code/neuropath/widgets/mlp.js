import { border, dot, fmt, frame, generator, html, range, scientific, sigmoid, svg } from "./_common.js";
import { button, choice, group, player, slider } from "./_controls.js";
import { key, line, mark, path, place, plot, tint } from "./_plots.js";

const POINTS = 160, BATCH = 20, LAST = 2000, PLANE = [-2.6, 2.6];
const ACTIVATIONS = { // value, and slope from that value
  tanh: [Math.tanh, (h) => 1 - h * h],
  relu: [(z) => Math.max(z, 0), (h) => (h > 0 ? 1 : 0)],
  sigmoid: [sigmoid, (h) => h * (1 - h)],
};
const SHAPES = { // a point of class `label` from a uniform number t, before noise; then the noise
  circles: [(label, t) => [label ? 0.45 : 1.7, 2 * Math.PI * t], 0.22],
  xor: [(label, t) => [1.1 * Math.SQRT2, Math.PI * (0.25 + (label ? 0.5 : 0) + Math.floor(2 * t))], 0.38],
  spiral: [(label, t) => [0.2 + 1.9 * t, 5.5 * t + Math.PI * label], 0.08],
};

// Two independent normal numbers from two uniform ones (Box and Muller).
function pair(next) {
  const radius = Math.sqrt(-2 * Math.log(1 - next())), angle = 2 * Math.PI * next();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

// 160 points, classes in turn: the same for the same seed.
export function sample(data, seed) {
  const next = generator(seed), X = [], y = [];
  for (let i = 0; i < POINTS; i++) {
    const label = i % 2, t = (Math.floor(i / 2) + next()) / (POINTS / 2), noise = pair(next); // t covers 0 … 1 evenly
    let centre, spread = 0.14;
    if (data === "moons") {
      const [a, b] = [Math.cos(Math.PI * t), Math.sin(Math.PI * t)];
      centre = label ? [1.4 * (0.5 - a), 1.4 * (0.25 - b)] : [1.4 * (a - 0.5), 1.4 * (b - 0.25)];
    } else {
      const [shape, width] = SHAPES[data], [r, angle] = shape(label, t);
      centre = [r * Math.cos(angle), r * Math.sin(angle)];
      spread = width;
    }
    X.push(centre.map((c, k) => c + spread * noise[k]));
    y.push(label);
  }
  return { X, y };
}

// Layers {W: rows of inputs, b}: He normal, cut off at two standard deviations as in the course's initialisers.
export function initial(width, depth, seed) {
  const next = generator(seed + 1000), sizes = [2, ...Array(depth).fill(width), 1];
  const draw = (fan) => {
    let [e] = pair(next);
    while (Math.abs(e) > 2) [e] = pair(next);
    return (e * Math.sqrt(2 / fan)) / 0.8796256610342398;
  };
  return sizes.slice(1).map((units, l) => ({
    W: Array.from({ length: sizes[l] }, () => Array.from({ length: units }, () => draw(sizes[l]))),
    b: Array(units).fill(0),
  }));
}

// What every layer answers to the point x: [x, hidden …, [logit]].
export function forward(net, activation, x) {
  const [f] = ACTIVATIONS[activation], all = [x];
  net.forEach(({ W, b }, l) => {
    const from = all[l], to = b.slice();
    for (let j = 0; j < from.length; j++) for (let k = 0; k < to.length; k++) to[k] += from[j] * W[j][k];
    if (l < net.length - 1) for (let k = 0; k < to.length; k++) to[k] = f(to[k]);
    all.push(to);
  });
  return all;
}

// Mean binary cross-entropy from the logits, its gradient for every layer, and how many points are right.
export function backward(net, activation, X, y) {
  const slope = ACTIVATIONS[activation][1], n = X.length;
  const grads = net.map(({ W, b }) => ({ W: W.map((row) => row.map(() => 0)), b: b.map(() => 0) }));
  let loss = 0, right = 0;
  X.forEach((x, i) => {
    const all = forward(net, activation, x), z = all[net.length][0];
    loss += (Math.max(z, 0) - z * y[i] + Math.log1p(Math.exp(-Math.abs(z)))) / n;
    right += Number(z > 0) === y[i];
    let delta = [(sigmoid(z) - y[i]) / n];
    for (let l = net.length - 1; l >= 0; l--) {
      const { W, b } = grads[l], from = all[l];
      delta.forEach((d, k) => (b[k] += d));
      from.forEach((v, j) => delta.forEach((d, k) => (W[j][k] += v * d)));
      if (l) delta = from.map((h, j) => slope(h) * dot(net[l].W[j], delta));
    }
  });
  return { loss, right, grads };
}

export function sgdStep(net, activation, X, y, rate) {
  const { grads } = backward(net, activation, X, y);
  return net.map(({ W, b }, l) => ({
    W: W.map((row, j) => row.map((w, k) => w - rate * grads[l].W[j][k])),
    b: b.map((v, k) => v - rate * grads[l].b[k]),
  }));
}

// A run that goes on: `epoch` shuffles (Fisher and Yates) and steps through the batches.
export function trainer({ data, width, depth, activation, seed }) {
  const { X, y } = sample(data, seed), next = generator(seed + 2000), order = range(0, POINTS - 1, POINTS - 1);
  const run = { X, y, net: initial(width, depth, seed), losses: [], right: 0 };
  const score = () => {
    const { loss, right } = backward(run.net, activation, X, y);
    run.losses.push(loss);
    run.right = right;
  };
  run.epoch = (rate) => {
    for (let i = POINTS - 1; i > 0; i--) {
      const j = Math.floor(next() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    for (let i = 0; i < POINTS; i += BATCH) {
      const rows = order.slice(i, i + BATCH);
      run.net = sgdStep(run.net, activation, rows.map((r) => X[r]), rows.map((r) => y[r]), rate);
    }
    score();
  };
  score();
  return run;
}

export function train(state, epochs) {
  const run = trainer(state);
  for (let i = 0; i < epochs; i++) run.epoch(state.learning_rate);
  return { net: run.net, losses: run.losses };
}

function scene() {
  const p = plot({ x: PLANE, y: PLANE, width: 340, height: 340, xlabel: "x₁", ylabel: "x₂", xticks: [-2, -1, 0, 1, 2], yticks: [-2, -1, 0, 1, 2], label: "Two classes of points, tinted by the network’s answer" });
  p.canvas.width = p.canvas.height = 56; // coarse on purpose: the browser smooths it
  const units = svg("g"), marks = svg("g");
  p.stage.append(units, marks);
  return { p, units, marks };
}

function lossPlot(end) {
  const p = plot({
    x: [0, end], y: [0, 1.2], width: 340, height: 230, xlabel: "epochs", ylabel: "loss", xticks: range(0, end, 4), yticks: [0, 0.5, 1],
    yname: (v) => fmt(v, v % 1 ? 1 : 0), label: "Loss of all points over the epochs",
  });
  const curve = svg("path", { class: "npx-curve value" });
  const dot = svg("circle", { class: "npx-point value", r: 4.5 });
  p.stage.append(curve, dot);
  return { p, curve, dot, end };
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const shell = frame({
    model, el, draw,
    label: "Explorer: a network that trains on points in the plane",
    hint: "Press Start. How few hidden units still fence in the inner class? Each thin line is one unit of the first layer.",
    keys: ["data", "width", "depth", "activation", "learning_rate", "seed"],
  });
  const state = () => Object.fromEntries(["data", "width", "depth", "activation", "seed"].map((name) => [name, get(name)]));
  const left = scene(), slot = html("div", {});
  let right = null, run = null, built = "";

  function advance() {
    run.epoch(get("learning_rate"));
    shell.redraw();
    return run.losses.length <= LAST && Number.isFinite(run.losses.at(-1));
  }
  const reset = () => { built = ""; shell.redraw(); };
  const play = player({ advance, reset, rate: 60, most: 2 });
  const options = {
    data: choice({ label: "Data", options: { circles: "circles", xor: "XOR", moons: "two moons", spiral: "spiral" }, change: (data) => shell.set({ data }) }),
    activation: choice({ label: "Activation", options: { tanh: "tanh", relu: "ReLU", sigmoid: "sigmoid" }, change: (activation) => shell.set({ activation }) }),
    depth: choice({ label: "Hidden layers", options: { 1: "1", 2: "2" }, change: (depth) => shell.set({ depth: Number(depth) }) }),
  };
  const width = slider({ label: "units a layer", name: "units in each hidden layer", min: 1, max: 8, step: 1, digits: 0, input: (v) => shell.set({ width: v }) });
  const rate = slider({ label: "rate η", name: "learning rate", min: -3, max: 1, step: 0.1, show: (v) => scientific(10 ** v), input: (v) => shell.set({ learning_rate: Number((10 ** v).toPrecision(2)) }) });
  const again = button("Other seed", () => shell.set({ seed: (get("seed") + 1) % 1000 }));
  play.node.append(again);
  const result = html("p", { class: "npx-result" }), note = html("p", { class: "npx-news" });
  const legend = html("p", { class: "npx-legend" }, [1, 0].map((label) =>
    html("span", {}, svg("svg", { viewBox: "-12 -12 24 24", class: "npx-icon", "aria-hidden": "true" }, mark(label)), `class ${label}`)), key("unit", "a hidden unit’s border"));
  shell.root.append(html("div", { class: "npx-columns" },
    html("div", { class: "npx-main" }, left.p.node, legend, play.node, html("div", { class: "npx-panel" }, result, note)),
    html("div", { class: "npx-main" }, slot, html("div", { class: "npx-panel" }, options.data.node, options.activation.node, options.depth.node, group("Size and speed", "named", width.node, rate.node)))));

  function restart(now) {
    run = trainer(now);
    left.marks.replaceChildren(...run.X.map((x, i) => {
      const node = mark(run.y[i], 4);
      place(node, { transform: `translate(${left.p.X(x[0])} ${left.p.Y(x[1])})`, class: `npx-mark npx-small-mark class${run.y[i]}` });
      return node;
    }));
    left.units.replaceChildren(...run.net[0].b.map(() => svg("line", { class: "npx-unit" })));
    useAxis(100);
  }
  function useAxis(end) {
    right = lossPlot(end);
    slot.replaceChildren(right.p.node);
  }

  function drawLoss() {
    const { losses } = run, epoch = losses.length - 1;
    if (epoch > right.end) useAxis(2 * right.end);
    const every = Math.ceil(losses.length / 250);
    const points = losses.map((v, i) => [i, Math.min(v, 9)]).filter(([i, v]) => Number.isFinite(v) && (i % every === 0 || i === epoch));
    right.curve.setAttribute("d", path(right.p, points));
    const [x, y] = points.at(-1) ?? [0, 9];
    place(right.dot, { cx: right.p.X(x), cy: right.p.Y(y) });
  }

  function remark(loss, share) {
    if (!Number.isFinite(loss) || loss > 5) return "The learning rate is too large: the loss has blown up. Reset, and take a smaller one.";
    if (run.losses.length === 1) return "Nothing is learned yet: the weights are random.";
    return share === 1 && get("width") > 1 ? "All points are right. Would fewer units do?" : "";
  }

  function draw() {
    const now = state(), id = JSON.stringify(now);
    if (built !== id) {
      restart(now);
      built = id;
    }
    const loss = run.losses.at(-1), share = run.right / POINTS, { W, b } = run.net[0];
    tint(left.p, (x, y) => 2 * sigmoid(forward(run.net, now.activation, [x, y])[run.net.length][0]) - 1);
    [...left.units.children].forEach((node, k) => {
      const found = border([W[0][k], W[1][k]], b[k], PLANE, PLANE);
      const shown = found && found.ends.flat().every(Number.isFinite);
      place(node, { visibility: shown ? "visible" : "hidden" });
      if (shown) line(node, left.p, found.ends);
    });
    drawLoss();
    width.set(now.width);
    rate.set(Math.log10(get("learning_rate")));
    Object.entries(options).forEach(([name, option]) => option.set(String(now[name])));
    const size = run.net.reduce((sum, layer) => sum + layer.b.length * (layer.W.length + 1), 0);
    result.textContent = `Loss ${Number.isFinite(loss) ? fmt(loss, 3) : "not a number"}: ${run.right} of ${POINTS} right`;
    result.dataset.good = share >= 0.98;
    note.textContent = `Epoch ${run.losses.length - 1}, ${size} weights and biases. ${remark(loss, share)}`;
    shell.say(`${result.textContent}. ${note.textContent}`);
  }
  return () => { play.stop(); shell.close(); };
}

export default { render };
