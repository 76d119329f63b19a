// What may be wider than a phone. Long formulas in a line of text first: MathJax 3 never breaks one, and its end
// would be out of sight. Here they may break where print breaks them, after a relation, an operator or a comma of
// their own level; one that has no such place scrolls by itself. Then pictures that scroll: Tab reaches them.
// A classic script, deferred, as the others.
"use strict";
(() => {
const LONG = 11; // em; what is shorter fits everywhere
const GROUPS = "mjx-mrow, mjx-texatom, mjx-mstyle";

const width = (nodes) => nodes.at(-1).getBoundingClientRect().right - nodes[0].getBoundingClientRect().left;
const spaced = (node) => ["3", "4"].includes(node?.getAttribute("space"));

// What an operator reads: MathJax draws it by CSS, with the code point in the class.
function signOf(node) {
  const code = node.matches("mjx-mo") && node.querySelector("mjx-c")?.className.match(/mjx-c([0-9A-F]+)/);
  return code ? String.fromCodePoint(parseInt(code[1], 16)) : "";
}

// A relation or an operator between two things has space on both sides (MathJax marks whatever follows a space);
// a sign, or a bracket after one, only before it. A comma counts outside all brackets.
// Inside brackets a formula breaks only if it has to (`deep`).
function mayBreakAfter(node, depth, deep) {
  if (!node.matches("mjx-mo")) return false;
  if (depth === 0 && /^[,;]$/.test(signOf(node))) return true;
  return (depth === 0 || deep) && spaced(node) && spaced(node.nextElementSibling);
}

// Pieces of a row between the places where it may break; a group that is too long for a piece is looked into.
function piecesOf(row, room, deep, depth = 0) {
  const pieces = [[]];
  for (const node of row.children) {
    if (/^[([{]$/.test(signOf(node))) depth += 1;
    if (/^[)\]}]$/.test(signOf(node))) depth -= 1;
    if (node.matches(GROUPS) && width([node]) > room) {
      const [first, ...rest] = piecesOf(node, room, deep, depth + 1);
      pieces.at(-1).push(...first);
      pieces.push(...rest);
    } else pieces.at(-1).push(node);
    if (mayBreakAfter(node, depth, deep)) pieces.push([]);
  }
  return pieces.filter((piece) => piece.length);
}

function plan(span) {
  const row = span.querySelector("mjx-math");
  const room = LONG * parseFloat(getComputedStyle(span).fontSize);
  if (!row?.children.length || width([row]) < room) return null;
  const fits = (pieces) => pieces.length > 1 && pieces.every((piece) => width(piece) < 1.4 * room);
  return { span, row, pieces: [false, true].map((deep) => piecesOf(row, room, deep)).find(fits) };
}

function apply({ span, row, pieces }) {
  span.classList.add(pieces ? "breaks" : "scrolls");
  for (const piece of pieces?.slice(0, -1) ?? []) piece.at(-1).after(document.createElement("wbr"));
  for (const group of pieces ? row.querySelectorAll(GROUPS) : []) {
    if (group.querySelector("wbr")) group.classList.add("opened");
  }
}

function pictures() {
  for (const frame of document.querySelectorAll(".picture.wide")) {
    const scrolls = frame.scrollWidth > frame.clientWidth + 1;
    if (scrolls) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  }
}

function start() {
  pictures();
  addEventListener("resize", pictures);
  window.MathJax?.startup?.promise?.then(() => {
    const left = [...document.querySelectorAll("article span.math")];
    // First all of a batch is measured, then all of it is changed; between batches the reader has the page.
    const work = (batch) => left.splice(0, batch).map(plan).filter(Boolean).forEach(apply);
    const goOn = () => {
      work(40);
      if (left.length) setTimeout(goOn);
      else document.documentElement.dataset.fitted = "";
    };
    addEventListener("beforeprint", () => work(left.length));
    goOn();
  });
}

if (document.readyState === "complete") start();
else addEventListener("load", start);
})();
