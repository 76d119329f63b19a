// Brings the book's explorers to life: no kernel, no CDN. Each `figure.explorer` mounts the ES module that the
// notebooks use, with a model of its own in place of the kernel's. Without JavaScript the still figure stays.
const here = new URL("explorers/", import.meta.url);

// What an explorer asks of its model: get, set, on, off, save_changes. Changes are told at once; nothing is saved.
export function createModel(state) {
  const values = structuredClone(state);
  const listeners = new Map();
  return {
    get: (key) => values[key],
    set(key, value) {
      values[key] = value;
      for (const tell of [...(listeners.get(`change:${key}`) ?? [])]) tell();
    },
    on: (event, tell) => listeners.set(event, (listeners.get(event) ?? new Set()).add(tell)),
    off: (event, tell) => listeners.get(event)?.delete(tell),
    save_changes() {},
  };
}

function addStyle(version) {
  if (document.querySelector("link[data-explorers]")) return Promise.resolve();
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: new URL(`explorers.css?v=${version}`, here) });
  link.dataset.explorers = "";
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}

async function mount(figure) {
  const { module, version, state } = figure.dataset;
  const [{ default: explorer }] = await Promise.all([import(new URL(`${module}.mjs?v=${version}`, here)), addStyle(version)]);
  const el = document.createElement("div");
  explorer.render({ model: createModel(JSON.parse(state)), el });
  figure.append(el);
  figure.classList.add("alive");
}

// An explorer is loaded when the reader comes near it.
function start() {
  const watch = new IntersectionObserver(
    (entries) => entries.filter((e) => e.isIntersecting).forEach(({ target }) => {
      watch.unobserve(target);
      mount(target).catch((error) => console.error(`explorer ${target.dataset.module}:`, error));
    }),
    { rootMargin: "600px" },
  );
  document.querySelectorAll("figure.explorer").forEach((figure) => watch.observe(figure));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
