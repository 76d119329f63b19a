// On the page of search results: formulas in the excerpts stand as TeX there. Their commands are noise; the letters
// are kept. A classic script, deferred, as the others.
"use strict";
(() => {
const SIGNS = { le: "≤", leq: "≤", ge: "≥", geq: "≥", to: "→", leftarrow: "←", cdot: "·", times: "×", in: "∈", sum: "Σ", partial: "∂", nabla: "∇", infty: "∞", approx: "≈" };
const plain = (tex) => tex
  .replace(/\\([A-Za-z]+)\s*/g, (_, name) => SIGNS[name] ?? (/^(math|text|operator|bold|left|right|big|Big|[dt]?frac|sqrt|begin|end|hat|bar|tilde)/.test(name) ? "" : name))
  .replace(/\\[,;:! ]/g, " ")
  .replace(/[{}\\]/g, "");

// A formula may be cut off at the end of the excerpt.
const readable = (text) => text.replace(/\\\((.*?)(?:\\\)|(?=\.\.\.$)|$)/gs, (_, tex) => plain(tex));

function mend(item) {
  const walk = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (/\\\(/.test(walk.currentNode.data)) walk.currentNode.data = readable(walk.currentNode.data);
}

addEventListener("DOMContentLoaded", () => {
  const results = document.querySelector("#search-results");
  if (results) new MutationObserver(() => mend(results)).observe(results, { childList: true, subtree: true });
});
})();
