import { border, clamp, dot, fmt, frame, glide, html, sigmoid, step, svg } from "./_common.js";
import { button, choice, group, slider } from "./_controls.js";
import { arrow, drag, knob, line, mark, place, plot, tint } from "./_plots.js";

export const CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]];
export const TARGETS = [0, 1, 1, 0];
export const TEXTBOOK = { hidden: [[1, 1, -0.5], [-1, -1, 1.5]], output: [1, 1, -1.5] };
const CENTRE = [0.5, 0.5];
const STEEP = 10; // the smooth unit: sigmoid(10 z)

const affine = (row, x) => row[0] * x[0] + row[1] * x[1] + row[2]; // by index: the tint asks 45,000 times a frame
const fire = (unit, z) => (unit === "step" ? step(z) : sigmoid(STEEP * z));

export const hiddenOf = (hidden, unit, x) => hidden.map((row) => fire(unit, affine(row, x)));
export const outputOf = (hidden, output, unit, x) =>
  fire(unit, output[0] * fire(unit, affine(hidden[0], x)) + output[1] * fire(unit, affine(hidden[1], x)) + output[2]);
export const rightCorners = (hidden, output, unit) =>
  CORNERS.filter((x, i) => step(affine(output, hiddenOf(hidden, unit, x))) === TARGETS[i]).length;

function toSegment(p, a, b) {
  const ab = [b[0] - a[0], b[1] - a[1]], length = dot(ab, ab);
  const t = length ? clamp(dot([p[0] - a[0], p[1] - a[1]], ab) / length, 0, 1) : 0;
  return Math.hypot(p[0] - a[0] - t * ab[0], p[1] - a[1] - t * ab[1]);
}

// Distance of the segments ab and cd; 0 where they cross. Two pairs of points can be separated by a line
// exactly when the segments that join them do not touch.
export function segmentGap(a, b, c, d) {
  const side = (p, q, r) => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  const crossing = side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
  return crossing ? 0 : Math.min(toSegment(a, c, d), toSegment(b, c, d), toSegment(c, a, b), toSegment(d, a, b));
}

export function gapOf(hidden, unit) {
  const [p00, p01, p10, p11] = CORNERS.map((x) => hiddenOf(hidden, unit, x));
  return segmentGap(p00, p11, p01, p10);
}

// A line as the reader handles it: the direction of its arrow in degrees, and how far it stands from the centre.
export function poseOf([w1, w2, b]) {
  const norm = Math.hypot(w1, w2) || 1;
  return { turn: (Math.atan2(w2, w1) * 180) / Math.PI, shift: -affine([w1, w2, b], CENTRE) / norm, norm };
}
export function rowOf({ turn, shift, norm }) {
  const w = [Math.cos((turn * Math.PI) / 180) * norm, Math.sin((turn * Math.PI) / 180) * norm];
  return [...w, -dot(w, CENTRE) - shift * norm];
}

// The point of the line nearest to `point`.
function onLine([w1, w2, b], point) {
  const off = affine([w1, w2, b], point) / (w1 * w1 + w2 * w2 || 1);
  return [point[0] - off * w1, point[1] - off * w2];
}

// A line with an arrow, to drag (shift) and to turn by the arrow's tip, about the arrow's foot near `anchor`.
function lineTool(p, kind, anchor, read, write) {
  const edge = svg("line", { class: `npx-line ${kind}` }), reach = svg("line", { class: "npx-line-reach" });
  const pointer = arrow(`thin ${kind}`), tip = knob(kind);
  p.stage.append(edge, reach);
  p.top.append(pointer.node, tip);
  drag(reach, p, {
    start: (at) => affine(read(), at),
    move: (at, held) => {
      const [w1, w2] = read(), pose = poseOf([w1, w2, held - w1 * at[0] - w2 * at[1]]);
      write(rowOf({ ...pose, shift: clamp(pose.shift, -1, 1) }));
    },
  });
  drag(tip, p, {
    start: () => (anchor = onLine(read(), anchor)),
    move: (at, foot) => {
      const direction = [at[0] - foot[0], at[1] - foot[1]], length = Math.hypot(...direction);
      if (length < 1e-6) return;
      const w = direction.map((v) => (v * poseOf(read()).norm) / length), pose = poseOf([...w, -dot(w, foot)]);
      write(rowOf({ ...pose, shift: clamp(pose.shift, -1, 1) }));
    },
  });
  return () => {
    const [w1, w2, b] = read(), found = border([w1, w2], b, p.x, p.y);
    const shown = { visibility: found ? "visible" : "hidden" };
    [edge, reach, pointer.node, tip].forEach((node) => place(node, shown));
    if (!found) return;
    [edge, reach].forEach((node) => line(node, p, found.ends));
    const near = onLine([w1, w2, b], anchor), norm = Math.hypot(w1, w2);
    const foot = Math.hypot(near[0] - 0.5, near[1] - 0.5) < 0.95 ? near : found.foot;
    const end = [foot[0] + (0.27 * w1) / norm, foot[1] + (0.27 * w2) / norm];
    pointer.set(p, foot, end);
    place(tip, { transform: `translate(${p.X(end[0])} ${p.Y(end[1])})` });
  };
}

function plane(title, x, xlabel, ylabel) {
  const p = plot({ x, y: x, width: 320, height: 320, xlabel, ylabel, xticks: [0, 1], yticks: [0, 1], label: title });
  const marks = CORNERS.map((_, i) => mark(TARGETS[i], 7));
  const names = CORNERS.map((c) => svg("text", { class: "npx-corner" }, c.join("")));
  const joins = [svg("line", { class: "npx-join class0" }), svg("line", { class: "npx-join class1" })];
  const caption = html("p", { class: "npx-title" }, title);
  return { p, marks, names, joins, node: html("div", { class: "npx-main" }, caption, p.node) };
}

// Points that land together are drawn side by side, so that none hides another.
function drawMarks({ p, marks, names, joins }, where, wrong) {
  const near = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) < 0.04;
  where.forEach((at, i) => {
    const before = where.slice(0, i).filter((other) => near(other, at)).length;
    const all = where.filter((other) => near(other, at)).length;
    const x = p.X(at[0]) + (before - (all - 1) / 2) * 18, y = p.Y(at[1]);
    place(marks[i], { transform: `translate(${x} ${y})`, "data-wrong": wrong[i] });
    place(names[i], { x, y: y + 26, "text-anchor": "middle" });
  });
  line(joins[0], p, [where[0], where[3]]);
  line(joins[1], p, [where[1], where[2]]);
}

// "on: 1.00 x₁ + 1.00 x₂ > 0.50"
function formula([first, second], [w1, w2, b]) {
  const sign = w2 < 0 ? "−" : "+";
  return `on: ${fmt(w1)} ${first} ${sign} ${fmt(Math.abs(w2))} ${second} > ${fmt(-b)}`.replaceAll(/ (?=[xh])/g, "\u00a0");
}

function tableOf(rows, digits) {
  const heads = ["x₁ x₂", "h₁", "h₂", "answer", "XOR"].map((t) => html("th", { scope: "col" }, t));
  const body = rows.map(({ corner, h, answer, target }) =>
    html("tr", { "data-wrong": String(answer !== target) }, html("th", { scope: "row" }, corner.join(" ")),
      [fmt(h[0], digits), fmt(h[1], digits), `${answer} ${answer === target ? "✓" : "✗"}`, String(target)].map((t) => html("td", {}, t))));
  return [html("thead", {}, html("tr", {}, heads)), html("tbody", {}, body)];
}

function verdict(gap) {
  if (gap < 1e-9) return "Hidden plane: no line can separate them";
  if (gap < 0.05) return `Hidden plane: only just separable (gap ${gap < 0.005 ? "below 0.01" : fmt(gap)})`;
  return `Hidden plane: one line can separate them (gap ${fmt(gap)})`;
}

function render({ model, el }) {
  const get = (key) => model.get(key);
  const start = { hidden: get("hidden"), output: get("output"), unit: get("unit") };
  const shell = frame({
    model, el, draw,
    label: "Explorer: XOR bent by two hidden units",
    hint: "Drag the lines to shift them, the arrow tips to turn them. The hidden plane shows the corners as the two hidden units answer them. Can you uncross its dotted segments, so that one line parts circles from crosses?",
    keys: ["hidden", "output", "unit"],
  });
  let stop = () => {};
  const set = (changes) => { stop(); shell.set(changes); };
  const setRow = (i) => (row) => set(i < 2 ? { hidden: get("hidden").map((old, j) => (i === j ? row : old)) } : { output: row });
  const row = (i) => () => (i < 2 ? get("hidden")[i] : get("output"));
  const go = (to) => {
    stop();
    const poses = (hidden, output) => [...hidden, output].map(poseOf).map(({ turn, shift, norm }) => [turn, shift, norm]);
    const from = poses(get("hidden"), get("output")), target = poses(to.hidden, to.output);
    target.forEach((pose, i) => (pose[0] += 360 * Math.round((from[i][0] - pose[0]) / 360))); // the short way round
    stop = glide(from, target, (now) => {
      const rows = now.map(([turn, shift, norm]) => rowOf({ turn, shift, norm }));
      shell.set(now === target ? { hidden: to.hidden, output: to.output } : { hidden: rows.slice(0, 2), output: rows[2] });
    }, 700);
  };

  const left = plane("Input plane", [-0.75, 1.75], "x₁", "x₂"), right = plane("Hidden plane", [-0.6, 1.6], "h₁", "h₂");
  right.p.stage.append(...right.joins);
  const kinds = ["one", "two", "out"], names = ["h₁", "h₂", "output"];
  const tools = kinds.map((kind, i) => lineTool(i < 2 ? left.p : right.p, kind, i < 2 ? CENTRE : [0.3, 0.75], row(i), setRow(i)));
  for (const side of [left, right]) side.p.stage.append(...side.marks, ...side.names);

  const panels = kinds.map((kind, i) => {
    const pose = (key) => (value) => setRow(i)(rowOf({ ...poseOf(row(i)()), [key]: value }));
    const turn = slider({ label: "turn", name: `${names[i]}: turn, degrees`, min: -180, max: 180, step: 1, digits: 0, input: pose("turn") });
    const shift = slider({ label: "shift", name: `${names[i]}: shift`, min: -1, max: 1, step: 0.01, input: pose("shift") });
    const words = html("p", { class: "npx-small" });
    return { turn, shift, words, node: group(["Hidden unit h₁", "Hidden unit h₂", "Output"][i], kind, turn.node, shift.node, words) };
  });
  const kind = choice({ label: "Units", options: { step: "hard step", sigmoid: "steep sigmoid" }, change: (unit) => set({ unit }) });
  const apart = html("p", { class: "npx-result steady" }, ""), solved = html("p", { class: "npx-result" }, "");
  const table = html("table", { class: "npx-table" });
  const buttons = html("div", { class: "npx-buttons" },
    button("Show the textbook solution", () => go(TEXTBOOK)), button("Start over", () => { go(start); shell.set({ unit: start.unit }); }));
  shell.root.append(
    html("div", { class: "npx-columns" }, left.node, right.node),
    html("div", { class: "npx-row" }, apart, solved),
    html("div", { class: "npx-row" }, panels.map((panel) => panel.node)),
    html("div", { class: "npx-row" }, html("div", { class: "npx-panel" }, kind.node, buttons), table));

  function draw() {
    const hidden = get("hidden"), output = get("output"), unit = get("unit");
    const images = CORNERS.map((x) => hiddenOf(hidden, unit, x));
    const answers = images.map((h) => step(affine(output, h))), wrong = answers.map((a, i) => a !== TARGETS[i]);
    tint(left.p, (x, y) => 2 * outputOf(hidden, output, unit, [x, y]) - 1);
    tint(right.p, (x, y) => 2 * fire(unit, affine(output, [x, y])) - 1);
    tools.forEach((redraw) => redraw());
    drawMarks(left, CORNERS, wrong);
    drawMarks(right, images, wrong);
    panels.forEach((panel, i) => {
      const pose = poseOf(row(i)());
      panel.turn.set(pose.turn);
      panel.shift.set(pose.shift);
      panel.words.textContent = formula(i < 2 ? ["x₁", "x₂"] : ["h₁", "h₂"], row(i)());
    });
    kind.set(unit);
    const gap = gapOf(hidden, unit), right4 = rightCorners(hidden, output, unit);
    apart.textContent = verdict(gap);
    apart.dataset.good = gap >= 1e-9;
    solved.textContent = right4 === 4 ? "Network: 4 of 4, XOR is solved" : `Network: ${right4} of 4 corners right`;
    solved.dataset.good = right4 === 4;
    table.replaceChildren(...tableOf(CORNERS.map((corner, i) => ({ corner, h: images[i], answer: answers[i], target: TARGETS[i] })), unit === "step" ? 0 : 2));
    shell.say(`${apart.textContent}. ${solved.textContent}.`);
  }
  return () => { stop(); shell.close(); };
}

export default { render };
