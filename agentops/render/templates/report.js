"use strict";
(() => {
  const form = document.getElementById("filters");
  const count = document.getElementById("count");
  const none = document.getElementById("none");
  const theme = document.getElementById("theme");
  const cards = [...document.querySelectorAll("details[data-action]")].map((element) => ({
    element,
    section: element.closest(".environment"),
    action: element.dataset.action,
    causes: element.dataset.causes.split(" "),
    members: [...element.querySelectorAll(".member")],
    text: null,
  }));
  const sections = [...document.querySelectorAll(".environment")];
  const state = { action: [], env: "", platform: "", label: "", cause: "", q: "", theme: "", keys: "", at: "" };
  const single = ["q", "env", "platform", "label", "cause"];
  const kept = ["theme", "keys"]; // what no reset touches

  /* What a card says apart from its members, and what each of them says: read once, when it is first searched. */
  function textsOf(card) {
    if (!card.text) {
      const leftOut = card.members.length > 1 ? ".unseen, .members" : ".unseen";
      card.text = { whole: textOf(card.element, leftOut), members: card.members.map((one) => textOf(one, ".unseen")) };
    }
    return card.text;
  }

  /* In small letters, without words that are for screen readers: nobody who looks for "removed" means them. */
  function textOf(element, leftOut) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node.nodeType === Node.ELEMENT_NODE && node.matches(leftOut) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
    );
    let text = "";
    while (walker.nextNode()) text += walker.currentNode.nodeType === Node.TEXT_NODE ? walker.currentNode.data : "";
    return text.toLowerCase();
  }

  function fits(card) {
    const section = card.section.dataset;
    return (
      (!state.action.length || state.action.includes(card.action)) &&
      (!state.env || section.env === state.env) &&
      (!state.platform || section.platform === state.platform) &&
      (!state.cause || card.causes.includes(state.cause))
    );
  }

  function memberFits(card, index, words) {
    const labels = card.members[index].dataset.labels.split("\n");
    if (state.label && !labels.includes(state.label)) return false;
    if (!words.length) return true;
    const text = textsOf(card);
    return words.every((word) => text.whole.includes(word) || text.members[index].includes(word));
  }

  function filter() {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const card of cards) {
      const possible = fits(card);
      let inCard = 0;
      card.members.forEach((member, index) => {
        const visible = possible && memberFits(card, index, words);
        if (member.hidden === visible) member.hidden = !visible;
        inCard += visible ? 1 : 0;
      });
      if (card.element.hidden === inCard > 0) card.element.hidden = inCard === 0;
      shown += inCard;
    }
    for (const section of sections) {
      section.hidden = isFiltered() && !cards.some((card) => card.section === section && !card.element.hidden);
    }
    if (count) {
      const total = Number(count.dataset.total);
      const noun = total === 1 ? "change" : "changes";
      count.textContent = `${shown.toLocaleString("en")} of ${total.toLocaleString("en")} ${noun} shown`;
      none.hidden = shown > 0;
    }
  }

  function isFiltered() {
    return state.action.length > 0 || single.some((name) => state[name]);
  }

  function fromFragment() {
    const fragment = location.hash.slice(1);
    const values = new URLSearchParams(fragment.startsWith("?") ? fragment.slice(1) : "");
    for (const name of [...kept, "at"]) state[name] = values.get(name) || "";
    if (form) {
      state.action = values.getAll("action");
      for (const name of single) state[name] = values.get(name) || "";
    }
    if (!fragment.startsWith("?")) state.at = decoded(fragment);
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  /* An anchor alone stays an anchor, so that it also works without this script. */
  function toFragment() {
    const values = new URLSearchParams();
    for (const action of state.action) values.append("action", action);
    for (const name of [...single, ...kept]) if (state[name]) values.set(name, state[name]);
    let fragment = state.at ? `#${encodeURI(state.at)}` : "";
    if ([...values].length) {
      if (state.at) values.set("at", state.at);
      fragment = `#?${values}`;
    }
    if (fragment !== location.hash) history.replaceState(null, "", fragment || location.pathname + location.search);
  }

  function toForm() {
    if (!form) return;
    for (const name of single) if (form.elements[name]) form.elements[name].value = state[name];
    for (const box of form.querySelectorAll("[name=action]")) box.checked = state.action.includes(box.value);
    toKeys();
  }

  function toKeys() {
    form.elements.keys.checked = state.keys !== "off";
    if (state.keys === "off") form.elements.q.removeAttribute("aria-keyshortcuts");
    else form.elements.q.setAttribute("aria-keyshortcuts", "/");
  }

  function fromForm() {
    for (const name of single) state[name] = form.elements[name] ? form.elements[name].value : "";
    state.action = [...form.querySelectorAll("[name=action]:checked")].map((box) => box.value);
    state.keys = form.elements.keys.checked ? "" : "off";
    state.at = "";
    toKeys();
    toFragment();
    filter();
  }

  /* Opens what holds the target; a filter that hides it gives way. */
  function reveal() {
    const target = state.at ? document.getElementById(state.at) : null;
    if (!target) return;
    if (target.closest("[hidden]")) {
      state.action = [];
      for (const name of single) state[name] = "";
      toForm();
      filter();
      toFragment();
    }
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    for (const found of document.querySelectorAll(".target")) found.classList.remove("target");
    const card = target.closest(".card");
    if (card) card.classList.add("target");
    (card || target).scrollIntoView({ block: "start" });
  }

  function dark() {
    return state.theme ? state.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function paint() {
    document.documentElement.dataset.theme = state.theme;
    theme.textContent = dark() ? "Light theme" : "Dark theme";
  }

  function load() {
    fromFragment();
    toForm();
    paint();
    filter();
    reveal();
  }

  theme.hidden = false;
  theme.addEventListener("click", () => {
    state.theme = dark() ? "light" : "dark";
    paint();
    toFragment();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || link.classList.contains("skip")) return;
    event.preventDefault();
    state.at = decoded(link.getAttribute("href").slice(1));
    toFragment();
    reveal();
    const target = document.getElementById(state.at);
    const focus = target && (target.closest(".card")?.querySelector("summary") || target.querySelector("h2, h3"));
    if (focus) {
      if (!focus.matches("summary")) focus.tabIndex = -1;
      focus.focus({ preventScroll: true });
    }
  });

  if (form) {
    form.hidden = false;
    form.addEventListener("input", fromForm);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () =>
      setTimeout(() => {
        toKeys();
        fromForm();
      }),
    );
    const set = (open) => () => {
      for (const card of cards) if (!card.element.hidden) card.element.open = open;
    };
    document.getElementById("open-all").addEventListener("click", set(true));
    document.getElementById("close-all").addEventListener("click", set(false));
    document.addEventListener("keydown", (event) => {
      const search = form.elements.q;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "/" && state.keys !== "off" && !event.target.closest("input, select, textarea")) {
        event.preventDefault();
        search.focus();
        search.select();
      } else if (event.key === "Escape" && event.target === search) {
        event.preventDefault();
        search.value = "";
        fromForm();
      }
    });
  }

  /* On paper everything that the filters leave is open. */
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = cards.filter((card) => !card.element.open && !card.element.hidden);
    for (const card of closed) card.element.open = true;
  });
  addEventListener("afterprint", () => {
    for (const card of closed) card.element.open = false;
  });
  addEventListener("hashchange", load);
  load();
})();
