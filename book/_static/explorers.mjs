// Brings the book's explorers to life: no kernel, no CDN, and no web server either. Each `figure.explorer` mounts
// the code that the notebooks use, with a model of its own in place of the kernel's. Without JavaScript the still
// figure stays. A classic script in spite of its ending (Jupyter Book may load `.js` files on every page), as are
// the explorers' own: browsers refuse modules to a page that is opened as a file.
(() => {
  "use strict";
  const own = document.currentScript ?? document.querySelector('script[src*="explorers.mjs"]');
  const here = new URL("explorers/", own.src);
  const defined = new Map(); // name → what the explorer's module exports by default
  const asked = new Map(); // name → promise of the same

  // What an explorer asks of its model: get, set, on, off, save_changes. Changes are told at once; nothing is saved.
  function createModel(state) {
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

  // Scripts of explorers call `define`; `createModel` is there for tests.
  globalThis.neuropathExplorers = { createModel, define: (name, make) => defined.set(name, make()) };

  function fetchExplorer(name, version) {
    const script = document.createElement("script");
    script.src = new URL(`${name}.classic.mjs?v=${version}`, here);
    return new Promise((resolve, reject) => {
      script.onload = () => (defined.has(name) ? resolve(defined.get(name)) : reject(new Error("it defines nothing")));
      script.onerror = () => reject(new Error(`${script.src} could not be loaded`));
      document.head.append(script);
    });
  }

  function explorerNamed(name, version) {
    if (!asked.has(name)) asked.set(name, fetchExplorer(name, version));
    return asked.get(name);
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
    const [explorer] = await Promise.all([explorerNamed(module, version), addStyle(version)]);
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
})();
