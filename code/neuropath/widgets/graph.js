import { clamp, fmt, frame, glide, html, scientific, sigmoid, svg } from "./_common.js";
import { choice, group, player, slider } from "./_controls.js";
import { key, place } from "./_plots.js";

const LAST = 11, SEED = 6;
const FORWARD = { m1: 1, m2: 2, z: 3, a: 4, L: 5 }; // the stage at which a node gets its value
const BACKWARD = { L: 7, a: 8, z: 9, m1: 10, m2: 11 }; // the stage at which edges into a node send derivatives back

// Edges as [from, to]; with one weight shared, w feeds both products.
export const edgesOf = (sharing) => [
  [sharing === "one" ? "w" : "w1", "m1"], ["x1", "m1"], [sharing === "one" ? "w" : "w2", "m2"], ["x2", "m2"],
  ["m1", "z"], ["m2", "z"], ["b", "z"], ["z", "a"], ["a", "L"],
];

// Values at all nodes; on every edge the local derivative and what it sends back; their sums at the nodes.
export function walk({ weights, bias, inputs, target, loss, sharing }) {
  const [w1, w2] = sharing === "one" ? [weights[0], weights[0]] : weights, [x1, x2] = inputs;
  const m1 = w1 * x1, m2 = w2 * x2, z = m1 + m2 + bias, a = sigmoid(z), rest = sigmoid(-z); // rest = 1 − a, unrounded
  const squared = loss === "squared", error = target ? -rest : a; // a − y, unrounded too
  const L = squared ? error ** 2 : Math.max(z, 0) - z * target + Math.log1p(Math.exp(-Math.abs(z)));
  const value = { w: w1, w1, w2, x1, x2, b: bias, y: target, m1, m2, z, a, L };
  const slope = { "w>m1": x1, "w1>m1": x1, "x1>m1": w1, "w>m2": x2, "w2>m2": x2, "x2>m2": w2, "m1>z": 1, "m2>z": 1, "b>z": 1,
    "z>a": a * rest, "a>L": squared ? 2 * error : error / (a * rest) };
  const local = {}, sent = {}, grad = { L: 1 };
  for (const [from, to] of edgesOf(sharing).reverse()) {
    const edge = `${from}>${to}`;
    local[edge] = slope[edge];
    sent[edge] = grad[to] * local[edge];
    grad[from] = (grad[from] ?? 0) + sent[edge];
  }
  return { value, local, sent, grad };
}

// dL/d(node) as far as it has come back at `stage`; null before anything has.
export function gradientAt(node, stage, edges, sent) {
  if (node === "L") return stage >= SEED ? 1 : null;
  const back = edges.filter(([from, to]) => from === node && stage >= BACKWARD[to]);
  return back.length ? back.reduce((sum, [from, to]) => sum + sent[`${from}>${to}`], 0) : null;
}

const short = (v) => (v !== 0 && (Math.abs(v) < 0.005 || Math.abs(v) >= 1000) ? scientific(v) : fmt(v, v !== 0 && Math.abs(v) < 0.0995 ? 3 : 2));
const signed = (v) => (v < 0 ? `(${short(v)})` : short(v));
const low = (text) => text.replaceAll(/([mwx])([12])/g, (_, letter, k) => letter + "₁₂"[k - 1]); // w1 → w₁
const TITLES = { z: "z = sum", a: "a = σ(z)", L: "loss L", y: "target y" };
const BOX = [67, 56];
const LOWER = { m1: [72, 146], m2: [216, 146], z: [216, 254], a: [216, 352], y: [324, 352], L: [216, 450] };
const UPPER = {
  two: { w1: [36, 34], x1: [108, 34], w2: [180, 34], x2: [252, 34], b: [324, 34] },
  one: { x1: [36, 34], w: [130, 34], x2: [224, 34], b: [324, 34] },
};

function picture(sharing) {
  const spots = { ...UPPER[sharing], ...LOWER }, edges = edgesOf(sharing);
  const ends = ([from, to]) => {
    const [[x1, y1], [x2, y2]] = [spots[from], spots[to]];
    return [[x1, y1 + BOX[1] / 2], [x2 + clamp(0.4 * (x1 - x2), -22, 22), y2 - BOX[1] / 2]];
  };
  const lines = {}, labels = {}, boxes = {}, tokens = svg("g", { class: "npx-token" });
  const drawn = (edge, [[x1, y1], [x2, y2]]) => {
    lines[edge] = svg("line", { class: "npx-edge", x1, y1, x2, y2 });
    labels[edge] = svg("text", { class: "npx-corner npx-local", x: (3 * x1 + 2 * x2) / 5, y: (3 * y1 + 2 * y2) / 5 + 4, "text-anchor": "middle" });
  };
  edges.forEach((edge) => drawn(edge.join(">"), ends(edge)));
  drawn("y>L", ends(["y", "L"]));
  for (const [id, [x, y]] of Object.entries(spots)) {
    const text = (dy, kind) => svg("text", { y: dy, class: kind, "text-anchor": "middle" });
    const parts = { name: text(-13, "npx-node-name"), value: text(4, "npx-value-text"), grad: text(21, "npx-grad-text") };
    parts.name.textContent = low(TITLES[id] ?? (id[0] === "m" ? `${id} = ${sharing === "one" ? "w" : `w${id[1]}`}x${id[1]}` : id));
    const rect = svg("rect", { x: -BOX[0] / 2, y: -BOX[1] / 2, width: BOX[0], height: BOX[1], rx: 8 });
    boxes[id] = { ...parts, node: svg("g", { class: "npx-node", transform: `translate(${x} ${y})` }, rect, Object.values(parts)) };
  }
  const node = svg("svg", { viewBox: "0 0 360 482", role: "img", "aria-label": "Computation graph, read downwards: values, and below them the derivatives of the loss" },
    ...Object.values(lines), ...Object.values(labels), Object.values(boxes).map((b) => b.node), tokens);
  return { node: html("div", { class: "npx-plot", style: "max-width:480px" }, node), edges, ends, lines, labels, boxes, tokens };
}

function explain(stage, state, { value: v, local, sent, grad }, edges) {
  const { loss, sharing, target } = state, w = sharing === "one" ? ["w", "w"] : ["w1", "w2"];
  const product = (k) => [`m${k} = ${w[k - 1]}·x${k}`, `= ${signed(v[`w${k}`])} · ${signed(v[`x${k}`])} = ${short(v[`m${k}`])}`];
  const error = loss === "squared" ? ["L = (a − y)²", `= (${short(v.a)} − ${target})² = ${short(v.L)}`] : [target ? "L = −log a" : "L = −log(1 − a)", `= ${short(v.L)}, for y = ${target}`];
  const back = (to, words) => [words, ...edges.filter((e) => e[1] === to).flatMap((e) => {
    const edge = e.join(">"), earlier = gradientAt(e[0], stage - 1, edges, sent), name = `dL/d${e[0]}`;
    const term = `${signed(grad[to])} · ${signed(local[edge])} = ${short(sent[edge])}`;
    if (earlier === null) return `${name} = ${term}`;
    return [`${name} so far ${short(earlier)}, and now ${term}:`, `${name} = ${short(earlier)} + ${signed(sent[edge])} = ${short(earlier + sent[edge])}`];
  })];
  return [
    () => ["Leaves: what is given", "Forward: each box from those above it."], () => product(1), () => product(2),
    () => ["z = m₁ + m₂ + b", `= ${short(v.m1)} + ${signed(v.m2)} + ${signed(v.b)} = ${short(v.z)}`],
    () => ["a = σ(z)", `= σ(${short(v.z)}) = ${short(v.a)}`], () => error,
    () => ["Turn round: dL/dL = 1", "Now upwards: derivative below times local derivative on the edge."],
    () => back("L", loss === "squared" ? "∂L/∂a = 2(a − y)" : "∂L/∂a = (a − y) / (a(1 − a))"), () => back("a", "∂a/∂z = a(1 − a)"),
    () => back("z", "A sum hands its derivative on, unchanged"),
    () => back("m1", "A product swaps its factors"), () => back("m2", sharing === "one" ? "w acts along two ways: their contributions add" : "The other product"),
  ][stage]().map(low);
}

function render({ model, el }) {
  const get = (name) => model.get(name);
  const state = () => Object.fromEntries("weights bias inputs target loss sharing stage".split(" ").map((name) => [name, get(name)]));
  const shell = frame({
    model, el, draw,
    label: "Explorer: a computation graph, forward and backward",
    hint: "Play: numbers run down, derivatives back up. Then nudge a leaf: does the loss do what its derivative foretold? And if both products share one weight, how do its two derivatives combine?",
    keys: ["weights", "bias", "inputs", "target", "loss", "sharing", "stage"],
  });
  let graph = null, drawn = null, held = null, stop = () => {};
  const set = (changes) => { held = null; shell.set(changes); };
  const slot = html("div", { class: "npx-main" }), sum = html("p", { class: "npx-sum" }), result = html("p", { class: "npx-result" });

  // The numbers that move at a stage travel along their edges.
  function travel(stage) {
    stop();
    const { value, sent } = walk(state()), forward = stage < SEED, edges = forward ? [...graph.edges, ["y", "L"]] : graph.edges;
    const moving = edges.filter(([, to]) => (forward ? FORWARD : BACKWARD)[to] === stage).map((edge) => {
      const ends = graph.ends(edge), token = svg("text", { class: forward ? "npx-value-text" : "npx-grad-text", "text-anchor": "middle" });
      token.textContent = short(forward ? value[edge[0]] : sent[edge.join(">")]);
      return { token, ends: forward ? ends : ends.reverse() };
    });
    graph.tokens.replaceChildren(...moving.map((m) => m.token));
    const halt = glide(moving.map((m) => m.ends[0]), moving.map((m) => m.ends[1]), (now) => now.forEach(([x, y], i) => place(moving[i].token, { x, y: y + 4 })), 600);
    const clear = setTimeout(() => graph.tokens.replaceChildren(), 600);
    stop = () => { halt(); clearTimeout(clear); graph.tokens.replaceChildren(); };
  }
  const go = (stage) => { set({ stage }); travel(stage); return stage < LAST; };
  const play = player({
    advance: () => go(get("stage") === LAST ? 0 : get("stage") + 1), back: () => { set({ stage: Math.max(get("stage") - 1, 0) }); stop(); },
    reset: () => { set({ stage: 0 }); stop(); }, rate: 0.8, most: 1, words: ["Play", "Pause", "Back", "Forward", "Reset"],
  });

  const leaves = [["w1", "weight 1", "weights", 0], ["w2", "weight 2", "weights", 1], ["b", "bias", "bias"], ["x1", "input 1", "inputs", 0], ["x2", "input 2", "inputs", 1]];
  // From where a hand takes hold of a leaf, its derivative foretells the loss along a straight line.
  function nudge(leaf, v, trait, i) {
    const { value, grad } = walk(state()), id = leaf in grad ? leaf : "w";
    if (held?.id !== id) held = { id, at: value[id], L: value.L, slope: grad[id] };
    shell.set({ [trait]: i === undefined ? v : get(trait).map((old, j) => (i === j ? v : old)) });
  }
  const foretold = ({ id, at, L, slope }, { [id]: now, L: then }) => [`${id}: ${short(at)} → ${short(now)}`, `L: ${fmt(L, 3)} → ${fmt(then, 3)}`,
    `dL/d${id} foretold ${fmt(L, 3)} + ${signed(slope)} · ${signed(now - at)} = ${fmt(L + slope * (now - at), 3)}`].map(low);
  const sliders = leaves.map(([id, name, trait, i]) => slider({ label: low(id), name, min: -3, max: 3, step: 0.05, input: (v) => nudge(id, v, trait, i) }));
  const options = {
    sharing: choice({ label: "Weights", options: { two: "w₁ and w₂", one: "one w, used twice" }, change: (sharing) => set({ sharing }) }),
    loss: choice({ label: "Loss", options: { squared: "squared error", "cross-entropy": "cross-entropy" }, change: (loss) => set({ loss }) }),
    target: choice({ label: "Target y", options: { 0: "0", 1: "1" }, change: (y) => set({ target: Number(y) }) }),
  };
  const legend = html("p", { class: "npx-legend" }, key("value", "value"), key("slope", "derivative of L"), html("span", {}, "×: local derivative"));
  shell.root.append(html("div", { class: "npx-columns" }, html("div", { class: "npx-main" }, slot, legend, play.node),
    html("div", { class: "npx-panel" }, result, html("div", { class: "npx-steps" }, sum), options.sharing.node, options.loss.node, options.target.node,
      group("Leaves", "neuron", ...sliders.map((s) => s.node)))));

  function draw() {
    const now = state(), { stage } = now, done = walk(now);
    if (drawn !== now.sharing) {
      graph = picture(now.sharing);
      slot.replaceChildren(graph.node);
      drawn = now.sharing;
    }
    for (const edge of graph.edges) {
      const id = edge.join(">"), active = stage === FORWARD[edge[1]] ? "forward" : stage === BACKWARD[edge[1]] ? "backward" : "";
      graph.lines[id].dataset.active = active;
      graph.labels[id].textContent = stage >= FORWARD[edge[1]] ? `×${short(done.local[id])}` : "";
    }
    for (const [id, box] of Object.entries(graph.boxes)) {
      const grad = id === "y" ? null : gradientAt(id, stage, graph.edges, done.sent);
      box.value.textContent = stage >= (FORWARD[id] ?? 0) ? (id === "y" ? String(now.target) : short(done.value[id])) : "";
      box.grad.textContent = grad === null ? "" : short(grad);
      box.node.dataset.active = stage === FORWARD[id] || (stage === SEED && id === "L") || graph.edges.some(([from, to]) => from === id && stage === BACKWARD[to]);
    }
    const [head, ...rest] = held && stage === LAST ? foretold(held, done.value) : explain(stage, now, done, graph.edges), shared = now.sharing === "one";
    sum.replaceChildren(html("strong", {}, head), ...rest.map((text) => html("span", {}, text)));
    result.textContent = `Step ${stage} of ${LAST}: ${stage < SEED ? "forward" : "backward"}`;
    result.dataset.good = stage === LAST;
    [...now.weights, now.bias, ...now.inputs].forEach((v, i) => sliders[i].set(v));
    sliders[1].node.hidden = shared;
    sliders[0].node.firstChild.textContent = shared ? "w" : "w₁";
    Object.entries(options).forEach(([name, option]) => option.set(String(now[name])));
    shell.say(`${result.textContent}. ${head}. ${rest.join(". ")}`);
  }
  return () => { stop(); play.stop(); shell.close(); };
}

export default { render };
