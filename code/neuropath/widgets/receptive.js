import { frame, html, scientific, svg } from "./_common.js";
import { button, choice, field, slider } from "./_controls.js";
import { patch, place } from "./_plots.js";

const SIDE = 224, MOST = 24; // pixels of the input's side; layers at most
export const TUMOUR = 30; // pixels across: 3 cm, if a pixel is a millimetre wide
const threes = (strides) => strides.map((s) => [3, s, 1]);
export const STACKS = {
  five: threes([1, 1, 1, 1, 1]),
  lenet: [[5, 1, 1], [2, 2, 1], [5, 1, 1], [2, 2, 1], [5, 1, 1]],
  mobilenet: threes([2, 1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1]),
};
const NAMES = { five: "five 3 × 3", lenet: "LeNet-5", mobilenet: "MobileNetV2" };

// Layer by layer: r, the width in pixels of what one unit sees, and j, the pixels between neighbouring units.
export function fields(layers) {
  let r = 1, j = 1;
  return layers.map(([k, s, d]) => {
    r += (k - 1) * d * j;
    j *= s;
    return { r, j };
  });
}

// By how much the last field would widen if layer `index` had a stride one larger.
export function gain(layers, index) {
  const last = (stack) => fields(stack).at(-1).r;
  return last(layers.map(([k, s, d], i) => [k, i === index ? s + 1 : s, d])) - last(layers);
}

const exact = (n) => (n < 1e5 ? String(n) : scientific(n));
const parts = [["kernel", 1, 11], ["stride", 1, 4], ["dilation", 1, 8]];

function render({ model, el }) {
  const get = (key) => model.get(key);
  const shell = frame({
    model, el, draw,
    label: "Explorer: how much of the image one unit sees",
    hint: "Each square is what one unit of that layer sees. Let a unit of layer 5 see the whole tumour by changing strides alone: in which layer does a stride help most, and in which not at all?",
    keys: ["layers", "shown"],
  });
  const start = { layers: get("layers"), shown: get("shown") };
  const picture = svg("svg", { role: "img", "aria-label": "Receptive fields over an image of 224 by 224 pixels" });
  const image = svg("rect", { class: "npx-image", x: -SIDE / 2, y: -SIDE / 2, width: SIDE, height: SIDE });
  const head = svg("ellipse", { class: "npx-head", rx: 76, ry: 94 }), tumour = svg("circle", { class: "npx-tumour", r: TUMOUR / 2 });
  const squares = svg("g"), words = svg("text", { class: "npx-corner", "text-anchor": "middle" });
  picture.append(image, head, tumour, squares, words);
  const preset = choice({ label: "Layers", options: NAMES, change: (name) => shell.set({ layers: STACKS[name], shown: STACKS[name].length }) });
  const shown = slider({ label: "layer", name: "layer shown", min: 1, max: MOST, step: 1, digits: 0, input: (value) => shell.set({ shown: value }) });
  const result = html("p", { class: "npx-result" }), sum = html("p", { class: "npx-sum" });
  const legend = html("p", { class: "npx-legend npx-flush" }, patch("npx-field-of", "what one unit sees"), patch("npx-tumour", `a tumour, ${TUMOUR / 10} cm`), patch("npx-image", `the image, ${SIDE} × ${SIDE} pixels of 1 mm`));
  const body = html("tbody"), heads = ["layer", "kernel", "stride", "dilation", "r", "j"];
  const table = html("table", { class: "npx-table npx-layers" }, html("thead", {}, html("tr", {}, heads.map((h) => html("th", { scope: "col" }, h)), html("td"))), body);
  const add = button("Add a layer", () => get("layers").length < MOST && shell.set({ layers: [...get("layers"), [3, 1, 1]], shown: get("layers").length + 1 }));
  let rows = [];

  const edit = (i, part) => (value) =>
    shell.set({ layers: get("layers").map((layer, n) => (n === i ? layer.map((v, m) => (m === part ? Math.round(value) : v)) : layer)) });
  function remove(i) {
    const left = get("layers").filter((_, n) => n !== i);
    if (!left.length) return;
    shell.set({ layers: left, shown: Math.min(get("shown"), left.length) });
    requestAnimationFrame(() => rows[Math.min(i, left.length - 1)].drop.focus()); // its own button is gone
  }
  function rowOf(i) {
    const inputs = parts.map(([name, min, max], part) => field({ name: `layer ${i + 1}, ${name}`, min, max, by: 1, input: edit(i, part) }));
    const r = html("td", {}), j = html("td", {}), drop = button("×", () => remove(i));
    drop.setAttribute("aria-label", `remove layer ${i + 1}`);
    const node = html("tr", {}, html("th", { scope: "row" }, String(i + 1)), inputs.map((one) => html("td", {}, one.node)), r, j, html("td", {}, drop));
    return { node, inputs, r, j, drop };
  }
  shell.root.append(
    preset.node,
    html("div", { class: "npx-columns npx-row" },
      html("div", { class: "npx-main npx-stack" }, html("div", { class: "npx-plot" }, picture), legend, shown.node, result, sum),
      html("div", { class: "npx-panel" }, html("div", { class: "npx-scroll" }, table), html("div", { class: "npx-buttons" }, add, button("Start over", () => shell.set(start))))));

  // The view holds the image and the largest field; the squares stand around the image's middle.
  function drawFields(seen, at) {
    const widest = Math.max(SIDE, seen.at(-1).r) * 1.06;
    place(picture, { viewBox: `${-widest / 2} ${-widest / 2} ${widest} ${widest}` });
    const square = ({ r }, i) => svg("rect", { class: "npx-field-of", "data-shown": i === at, x: -r / 2, y: -r / 2, width: r, height: r });
    const order = seen.map((one, i) => [one, i]).filter(([, i]) => i !== at);
    squares.replaceChildren(...order.map(([one, i]) => square(one, i)), square(seen[at], at));
    const size = 13 * (widest / 300);
    words.style.fontSize = `${size}px`;
    const below = Math.max(seen[at].r, TUMOUR) / 2 + size * 1.2;
    place(words, { y: below < widest / 2 - 4 ? below : seen[at].r / 2 - size * 0.6 });
    words.textContent = `${exact(seen[at].r)} × ${exact(seen[at].r)}`;
  }

  function drawTable(layers, seen, at) {
    if (rows.length !== layers.length) {
      rows = layers.map((_, i) => rowOf(i));
      body.replaceChildren(...rows.map((row) => row.node));
    }
    rows.forEach((row, i) => {
      row.inputs.forEach((one, part) => one.set(layers[i][part]));
      row.r.textContent = exact(seen[i].r);
      row.j.textContent = exact(seen[i].j);
      row.node.dataset.wrong = i === at; // the marked row
      row.drop.disabled = layers.length === 1;
    });
    add.disabled = layers.length >= MOST;
  }

  function draw() {
    const layers = get("layers"), seen = fields(layers), at = Math.min(get("shown"), layers.length) - 1;
    drawFields(seen, at);
    drawTable(layers, seen, at);
    preset.set(Object.keys(STACKS).find((name) => String(STACKS[name]) === String(layers)));
    shown.node.querySelector("input").max = layers.length;
    shown.set(at + 1);
    const before = at ? seen[at - 1] : { r: 1, j: 1 }, [k, s, d] = layers[at], { r, j } = seen[at];
    sum.replaceChildren(
      html("strong", {}, `r = ${exact(before.r)} + (${k} − 1) · ${d} · ${exact(before.j)} = ${exact(r)}`), html("strong", {}, `j = ${exact(before.j)} · ${s} = ${exact(j)}`),
      html("span", {}, `r before + (kernel − 1) · dilation · j before; j before · stride. One stride more here: +${exact(gain(layers, at))} pixels at the end`));
    const share = r >= SIDE ? `${r > SIDE ? "more than " : ""}the whole image of ${SIDE} × ${SIDE}`
      : `${Number((100 * (r / SIDE) ** 2).toPrecision(2))} % of the image, ${r < TUMOUR ? "part" : "all"} of the tumour`;
    result.textContent = `A unit of layer ${at + 1} sees ${exact(r)} × ${exact(r)} pixels: ${share}`;
    result.dataset.good = r >= TUMOUR;
    shell.say(`${result.textContent}. Neighbouring units are ${exact(j)} pixels apart.`);
  }
  return shell.close;
}

export default { render };
