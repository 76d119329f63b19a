// Controls: real inputs, so that keyboard and screen reader work by themselves.
import { clamp, count, fmt, html } from "./_common.js";

export function slider({ label, min, max, step: by, digits = 2, name = label, input, show = (v) => fmt(v, digits) }) {
  const shown = html("span", { class: "npx-value" });
  const range = html("input", { type: "range", min, max, step: by, "aria-label": name });
  range.addEventListener("input", () => input(Number(range.value)));
  const set = (value) => {
    if (Math.abs(Number(range.value) - value) > by / 2) range.value = value;
    shown.textContent = show(value);
    range.setAttribute("aria-valuetext", shown.textContent);
  };
  return { node: html("label", { class: "npx-slider" }, html("span", {}, label), range, shown), set };
}

export function choice({ label, options, change }) {
  const group = `npx-${Math.random().toString(36).slice(2)}`;
  const buttons = Object.entries(options).map(([value, text]) => {
    const radio = html("input", { type: "radio", name: group, value, onchange: () => change(value) });
    return [radio, html("label", {}, radio, html("span", {}, text))];
  });
  const set = (value) => buttons.forEach(([radio]) => (radio.checked = radio.value === value));
  const row = html("span", { class: "npx-options" }, buttons.map((b) => b[1]));
  return { node: html("fieldset", { class: "npx-choice" }, html("legend", {}, label), row), set };
}

// A field for a number. `input` gets it, brought into min … max; what is being typed is left alone.
export function field({ name, min, max, by = "any", input }) {
  const node = html("input", { type: "number", class: "npx-field", min, max, step: by, "aria-label": name });
  let held = 0;
  const show = () => (node.value = String(Number(held.toFixed(3))));
  node.addEventListener("input", () => node.value !== "" && input(clamp(node.valueAsNumber, min, max)));
  node.addEventListener("change", show);
  const set = (value) => {
    const typing = node.matches(":focus") && (node.value === "" || Math.abs(node.valueAsNumber - value) < 1e-3);
    held = value;
    if (!typing) show();
  };
  return { node, set };
}

export const button = (label, click) => html("button", { type: "button", onclick: click }, label);

// Something that runs, once it is told to: start and pause, one step, back. `advance` makes one step and answers
// false at the end; a frame makes as many as `rate`, steps a second, asks for, at most `most`.
// `begin` comes whenever Start is pressed.
export function player({ advance, back, reset, begin = () => {}, rate = 30, most = 4, words = ["Start", "Pause", "Back", "Step", "Reset"] }) {
  let frame = 0, last = 0, due = 0;
  const start = button(words[0], () => (frame ? stop() : go()));
  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    start.textContent = words[0];
  }
  function go() {
    begin();
    last = performance.now();
    due = 1;
    start.textContent = words[1];
    frame = requestAnimationFrame(tick);
  }
  function tick(now) {
    due = Math.min(due + (Math.max(now - last, 0) * rate) / 1000, most);
    last = now;
    for (; due >= 1; due--) if (advance() === false) return stop();
    frame = requestAnimationFrame(tick);
  }
  const then = (act) => () => { stop(); act(); };
  const others = [[words[2], back], [words[3], advance], [words[4], reset]].filter((pair) => pair[1]);
  return { node: html("div", { class: "npx-buttons" }, start, others.map(([name, act]) => button(name, then(act)))), stop };
}

export const group = (legend, kind, ...nodes) =>
  html("fieldset", { class: `npx-group ${kind}` }, html("legend", {}, legend), ...nodes);

// Named bars on one scale, each of pieces [kind, value]; what is longest fills the track.
export function meters(names) {
  const rows = names.map(() => [html("span", { class: "npx-track" }), html("span", { class: "npx-value" })]);
  const node = html("div", { class: "npx-meters" }, rows.flatMap((row, i) => [html("span", {}, names[i]), ...row]));
  const set = (values) => {
    const sums = values.map((pieces) => pieces.reduce((sum, [, v]) => sum + v, 0)), most = Math.max(...sums, 1e-9);
    rows.forEach(([track, shown], i) => {
      track.replaceChildren(...values[i].map(([kind, v]) => html("i", { class: kind, style: `width:${(100 * v) / most}%` })));
      shown.textContent = count(sums[i]);
    });
  };
  return { node, set };
}
