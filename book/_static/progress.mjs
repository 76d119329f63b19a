// Marks of progress: which parts a reader calls done. They stay in this browser's local storage and are sent
// nowhere. All of it is drawn here: without JavaScript, or where storage is refused, nothing appears.
// A classic script, deferred, so that it also runs in a book that is opened as a file.
"use strict";
(() => {
const KEY = "neuropath-done";
const root = new URL(document.documentElement.dataset.content_root || "./", location.href);

// "book/session01…/part_a…" for a link inside the book, "" for any other.
function pageOf(href) {
  const url = new URL(href, location.href);
  if (url.origin !== root.origin || !url.pathname.startsWith(root.pathname)) return "";
  const page = decodeURIComponent(url.pathname.slice(root.pathname.length));
  return page.endsWith(".html") ? page.slice(0, -5) : "";
}

function read(storage) {
  try {
    const names = JSON.parse(storage.getItem(KEY) ?? "[]");
    return new Set(Array.isArray(names) ? names.filter((name) => typeof name === "string") : []);
  } catch {
    return new Set(); // somebody else's text under our key
  }
}

function write(storage, done) {
  if (done.size) storage.setItem(KEY, JSON.stringify([...done].sort()));
  else storage.removeItem(KEY);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

// A tick for the eye and a word for the ear, after a link to a part that is done.
function tick(link, isDone) {
  link.querySelector(".done-tick")?.remove();
  link.closest(".part-card")?.classList.toggle("is-done", isDone);
  if (!isDone) return;
  const mark = element("span", "done-tick", "");
  const sign = element("span", "", "✓");
  sign.ariaHidden = "true";
  mark.append(sign, element("span", "visually-hidden", "done"));
  link.append(mark);
}

function start(storage) {
  const here = pageOf(location.href);
  const isPart = document.querySelector(".bd-article .part-list") !== null;
  const links = [...document.querySelectorAll(".bd-sidenav a, .part-list a, .part-card a")]
    .filter((link) => !link.closest(".prev-next-area"))
    .map((link) => [link, pageOf(link.getAttribute("href") === "#" ? location.href : link.href)]);
  const cards = [...document.querySelectorAll(".part-card a")].map((link) => pageOf(link.href));
  const current = document.querySelector(".part-list .current-part");
  if (current) links.push([current, here]);

  const bar = element("div", "progress-mark", "");
  const button = element("button", "progress-done", "");
  const told = element("p", "progress-told", "");
  const reset = element("button", "progress-reset", "Forget all marks");
  button.type = reset.type = "button";
  told.setAttribute("role", "status");
  if (isPart) bar.append(button);
  bar.append(told, reset);
  if (isPart) document.querySelector(".bd-article")?.append(bar);
  else if (cards.length) [...document.querySelectorAll(".session-cards")].at(-1).after(bar);

  function show() {
    const done = read(storage);
    links.forEach(([link, page]) => tick(link, done.has(page)));
    button.setAttribute("aria-pressed", String(done.has(here)));
    button.textContent = done.has(here) ? "✓ Done" : "Mark this part as done";
    reset.hidden = done.size === 0;
    const ofCards = cards.filter((page) => done.has(page)).length;
    told.textContent = !isPart && cards.length ? `${ofCards} of ${cards.length} parts done.` : "";
    if (isPart) told.textContent = done.size ? "Kept in this browser only." : "";
    bar.hidden = !isPart && done.size === 0;
  }

  button.addEventListener("click", () => {
    const done = read(storage);
    if (!done.delete(here)) done.add(here);
    write(storage, done);
    show();
  });
  reset.addEventListener("click", () => {
    if (!confirm("Forget which parts you have marked as done?")) return;
    write(storage, new Set());
    show();
    (isPart ? button : document.querySelector("main")).focus();
  });
  addEventListener("storage", (event) => event.key === KEY && show());
  addEventListener("pageshow", (event) => event.persisted && show()); // the way back shows what has changed
  show();
}

// Reading `localStorage` throws where a browser blocks it; then there is nowhere to keep a mark.
function storageOf(view) {
  try {
    const found = view.localStorage;
    found.getItem(KEY);
    return found;
  } catch {
    return null;
  }
}

const storage = storageOf(window);
if (storage) start(storage);
})();
