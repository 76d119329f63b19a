import { clamp, fmt, frame, html, svg } from "./_common.js";
import { button, choice, field, group, slider } from "./_controls.js";
import { drag, place } from "./_plots.js";

const blur = 1 / 9, MARGIN_PIXELS = 3; // room around the slice for the widest padding: dilation 3, "same"
export const KERNELS = {
  blur: [[blur, blur, blur], [blur, blur, blur], [blur, blur, blur]],
  edgex: [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
  edgey: [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
  laplacian: [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
  sharpen: [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
  identity: [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
};
const NAMES = { blur: "blur", edgex: "edge x", edgey: "edge y", laplacian: "Laplacian", sharpen: "sharpen", identity: "identity" };

// Along one axis of n pixels: the output's length, and the zeros before and after the image (Keras' rules).
export function sizeOf(n, k, stride, dilation, padding) {
  const reach = dilation * (k - 1) + 1;
  if (padding === "valid") return { out: Math.floor((n - reach) / stride) + 1, before: 0, after: 0, reach };
  const out = Math.ceil(n / stride), zeros = Math.max((out - 1) * stride + reach - n, 0);
  return { out, before: Math.floor(zeros / 2), after: Math.ceil(zeros / 2), reach };
}

// The nine products behind the output pixel (row, column): where each looked, what it saw, its weight.
export function tapsAt(image, kernel, stride, dilation, padding, row, column) {
  const [down, across] = [image.length, image[0].length].map((n) => sizeOf(n, kernel.length, stride, dilation, padding));
  return kernel.flatMap((weights, i) => weights.map((weight, j) => {
    const y = row * stride + i * dilation - down.before, x = column * stride + j * dilation - across.before;
    const pixel = image[y]?.[x] ?? 0; // beyond the rim: padding
    return { y, x, pixel, weight, product: pixel * weight };
  }));
}

export function convolve(image, kernel, stride, dilation, padding) {
  const [rows, columns] = [image.length, image[0].length].map((n) => sizeOf(n, kernel.length, stride, dilation, padding).out);
  const sum = (row, column) => tapsAt(image, kernel, stride, dilation, padding, row, column).reduce((s, t) => s + t.product, 0);
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => sum(i, j)));
}

export const kernelSum = (kernel) => kernel.flat().reduce((s, w) => s + w, 0);
const short = (v) => fmt(v, Math.abs(v - Math.round(v)) < 1e-6 ? 0 : 1);

// A picture of pixels, one unit each, with an SVG over it; both pictures of the explorer share one scale.
function pane(label) {
  const canvas = html("canvas", { class: "npx-pixels", "aria-hidden": "true" });
  const picture = svg("svg", { role: "img", "aria-label": label });
  const node = html("div", { class: "npx-plot" }, canvas, picture);
  const self = { node, canvas, picture, left: 0, top: 0, side: 1 };
  self.fit = (rows, columns, side) => { // centred in a square of `side` units
    Object.assign(self, { side, left: Math.floor((side - columns) / 2), top: Math.floor((side - rows) / 2) });
    place(picture, { viewBox: `${-self.left} ${-self.top} ${side} ${side}` });
    if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
    const share = (units) => `${(100 * units) / side}%`;
    Object.assign(canvas.style, { left: share(self.left), top: share(self.top), width: share(columns), height: share(rows) });
  };
  self.at = (event) => {
    const box = picture.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * self.side - self.left,
      ((event.clientY - box.top) / box.height) * self.side - self.top,
    ];
  };
  self.paint = (values, colour) => {
    const context = canvas.getContext("2d"), data = context.createImageData(canvas.width, canvas.height);
    values.flat().forEach((v, i) => data.data.set(colour(v), 4 * i));
    context.putImageData(data, 0, 0);
  };
  return self;
}

const square = (kind) => svg("rect", { class: `npx-tap ${kind}`, width: 1, height: 1 });

function render({ model, el }) {
  const get = (key) => model.get(key);
  const shell = frame({
    model, el, draw,
    label: "Explorer: a kernel slides over a brain slice",
    hint: "Slide the window over the slice, or point at the output: nine products make each pixel. Which kernels answer 0 wherever the tissue is even, however bright? Write one of your own.",
    keys: ["image", "kernel", "padding", "strides", "dilation_rate", "row", "column"],
  });
  const start = Object.fromEntries(["kernel", "padding", "strides", "dilation_rate", "row", "column"].map((key) => [key, get(key)]));
  const input = pane("The slice, with the window that the kernel sees"), output = pane("The output map");
  const frameOfZeros = svg("rect", { class: "npx-zeros" }), picked = square("probe");
  const taps = Array.from({ length: 9 }, () => square("probe")), hold = svg("rect", { class: "npx-reach npx-hold" });
  input.picture.append(frameOfZeros, ...taps, hold);
  const rim = svg("rect", { class: "npx-zeros" });
  output.picture.append(rim, picked);
  output.picture.classList.add("npx-aim");

  const how = () => [get("kernel"), get("strides"), get("dilation_rate"), get("padding")];
  const axis = (n) => sizeOf(n, 3, get("strides"), get("dilation_rate"), get("padding"));
  const axes = () => [get("image").length, get("image")[0].length].map(axis);
  const here = () => axes().map(({ out }, i) => Math.min(get(["row", "column"][i]), out - 1)); // the output may have shrunk
  const look = ([row, column]) => {
    const [down, across] = axes();
    shell.set({ row: clamp(Math.round(row), 0, down.out - 1), column: clamp(Math.round(column), 0, across.out - 1) });
  };
  const point = ([x, y]) => look([Math.floor(y), Math.floor(x)]);
  drag(output.picture, output, { move: point });
  output.picture.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point(output.at(event)));
  input.picture.classList.add("npx-tapped"); // a click or tap beside the window brings it there; a finger still scrolls
  input.picture.addEventListener("click", (event) => {
    const [x, y] = input.at(event), middle = (axis(9).reach - 1) / 2;
    if (event.target !== hold) look([Math.floor(y), Math.floor(x)].map((v, i) => (v - middle + axes()[i].before) / get("strides")));
  });
  drag(hold, input, {
    start: ([x, y]) => [y - here()[0] * get("strides"), x - here()[1] * get("strides")],
    move: ([x, y], held) => look([(y - held[0]) / get("strides"), (x - held[1]) / get("strides")]),
  });

  const preset = choice({ label: "Kernel", options: NAMES, change: (name) => shell.set({ kernel: KERNELS[name] }) });
  const weigh = (i, j) => (value) => shell.set({ kernel: get("kernel").map((row, y) => row.map((w, x) => (y === i && x === j ? value : w))) });
  const cells = taps.map((_, n) => {
    const [i, j] = [Math.floor(n / 3), n % 3];
    const weight = field({ name: `kernel, row ${i + 1}, column ${j + 1}`, min: -9, max: 9, by: 0.5, input: weigh(i, j) });
    const shade = html("span", { class: "npx-shade" }), seen = html("span", {}), product = html("strong", {});
    return { weight, shade, seen, product, node: html("div", {}, shade, html("span", {}, seen, " ×"), weight.node, product) };
  });
  const padding = choice({ label: "Padding", options: { valid: "valid", same: "same" }, change: (value) => shell.set({ padding: value }) });
  const strides = slider({ label: "stride", min: 1, max: 3, step: 1, digits: 0, input: (value) => shell.set({ strides: value }) });
  const dilation = slider({ label: "dilation", min: 1, max: 3, step: 1, digits: 0, input: (value) => shell.set({ dilation_rate: value }) });
  const row = slider({ label: "row", name: "output row", min: 0, max: 27, step: 1, digits: 0, input: (value) => look([value, here()[1]]) });
  const column = slider({ label: "column", name: "output column", min: 0, max: 27, step: 1, digits: 0, input: (value) => look([here()[0], value]) });
  const result = html("p", { class: "npx-result" }), size = html("p", { class: "npx-small" });
  const scale = html("p", { class: "npx-small" }), total = html("p", { class: "npx-small" });
  const titled = (title, one, ...more) => html("div", { class: "npx-main" }, html("p", { class: "npx-small" }, title), one.node, ...more);
  shell.root.append(
    preset.node,
    html("div", { class: "npx-columns npx-row" }, titled("the slice", input, size), titled("the output", output, scale)),
    html("div", { class: "npx-columns npx-row" },
      html("div", { class: "npx-main npx-stack" }, result, group("Pixel × kernel entry = product", "probe", html("div", { class: "npx-taps" }, cells.map((c) => c.node))), total),
      html("div", { class: "npx-panel" },
        group("Output pixel", "probe npx-words", row.node, column.node), group("Layer", "npx-words", strides.node, dilation.node), padding.node,
        html("div", { class: "npx-buttons" }, button("Start over", () => shell.set(start))))));

  // Grey where the kernel keeps brightness; else zero is paper and the two signs have a colour each.
  function paintOutput(map) {
    const sum = kernelSum(get("kernel")), most = Math.max(...map.flat().map(Math.abs), 1e-9);
    if (sum > 0.75) {
      output.paint(map, (v) => { const g = clamp(v / sum, 0, 255); return [g, g, g, 255]; });
      return `grey: black 0, white ${short(255 * sum)}`;
    }
    const style = getComputedStyle(shell.root);
    const rgb = ["--npx-class0", "--npx-class1"].map((key) => [1, 3, 5].map((i) => parseInt(style.getPropertyValue(key).trim().slice(i, i + 2), 16)));
    output.paint(map, (v) => [...rgb[v > 0 ? 1 : 0], (255 * Math.abs(v)) / most]);
    return `blue above 0, orange below; full colour at ±${short(most)}`;
  }

  function drawTaps(seen, { before, reach }, across) {
    seen.forEach((tap, n) => {
      place(taps[n], { x: tap.x, y: tap.y });
      const cell = cells[n], grey = clamp(tap.pixel, 0, 255);
      cell.shade.style.background = `rgb(${grey} ${grey} ${grey})`;
      cell.seen.textContent = short(tap.pixel);
      cell.weight.set(tap.weight);
      cell.product.textContent = `= ${short(tap.product)}`;
    });
    place(hold, { x: seen[0].x - 1, y: seen[0].y - 1, width: reach + 2, height: reach + 2 });
    const [rows, columns] = [get("image").length, get("image")[0].length];
    place(frameOfZeros, { x: -across.before, y: -before, width: columns + across.before + across.after, height: rows + before + axis(rows).after });
  }

  function draw() {
    const image = get("image"), [kernel, stride, rate, pad] = how(), [down, across] = axes(), [y, x] = here();
    const map = convolve(image, kernel, stride, rate, pad), side = Math.max(image.length, image[0].length) + 2 * MARGIN_PIXELS;
    input.fit(image.length, image[0].length, side);
    output.fit(down.out, across.out, side);
    input.paint(image, (v) => [v, v, v, 255]);
    scale.textContent = paintOutput(map);
    drawTaps(tapsAt(image, kernel, stride, rate, pad, y, x), down, across);
    place(picked, { x, y });
    place(rim, { x: 0, y: 0, width: across.out, height: down.out });
    preset.set(Object.keys(KERNELS).find((name) => String(KERNELS[name]) === String(kernel)));
    padding.set(pad);
    strides.set(stride);
    dilation.set(rate);
    for (const [control, most, value] of [[row, down.out - 1, y], [column, across.out - 1, x]]) {
      control.node.querySelector("input").max = most;
      control.set(value);
    }
    const zeros = down.before + down.after, n = image.length;
    size.replaceChildren("output rows ⌊(n + p − d·(k − 1) − 1) / s⌋ + 1", html("br"),
      `= ⌊(${n} + ${zeros} − ${rate}·2 − 1) / ${stride}⌋ + 1 = ${down.out}`);
    total.textContent = `sum of the nine entries: ${short(kernelSum(kernel))}`;
    result.textContent = `Output at row ${y}, column ${x}: the products sum to ${short(map[y][x])}`;
    result.dataset.good = true;
    shell.say(`${result.textContent}. The output is ${down.out} by ${across.out}.`);
  }
  return shell.close;
}

export default { render };
