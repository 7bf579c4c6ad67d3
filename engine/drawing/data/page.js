"use strict";
(() => {
  const root = document.documentElement;
  const map = document.querySelector(".map");
  const svg = map.querySelector("svg");
  const view = svg.querySelector(".view");
  const aside = document.querySelector("aside");
  const search = document.querySelector("#search");
  const found = document.querySelector("#found");
  const size = { width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
  const boxes = new Map([...svg.querySelectorAll(".scene")].map((box) => [box.dataset.scene, box]));
  const ways = [...svg.querySelectorAll(".way")];
  const sections = new Map([...aside.querySelectorAll("section")].map((section) => [section.id, section]));
  const at = { x: 0, y: 0, scale: 1 };
  const FAR = 0.5; // below this a row's letters are under six pixels: titles are shown large instead
  const LEAST = 0.02;
  const MOST = 4;

  root.classList.add("js");
  svg.removeAttribute("viewBox");

  function show() {
    view.setAttribute("transform", `translate(${at.x} ${at.y}) scale(${at.scale})`);
    svg.classList.toggle("far", at.scale < FAR);
  }

  function zoom(factor, x = map.clientWidth / 2, y = map.clientHeight / 2) {
    const scale = Math.min(MOST, Math.max(LEAST, at.scale * factor));
    at.x = x - ((x - at.x) * scale) / at.scale;
    at.y = y - ((y - at.y) * scale) / at.scale;
    at.scale = scale;
    show();
  }

  function fit() {
    at.scale = Math.min(1, Math.max(LEAST, Math.min(map.clientWidth / size.width, map.clientHeight / size.height)));
    at.x = (map.clientWidth - size.width * at.scale) / 2;
    at.y = (map.clientHeight - size.height * at.scale) / 2;
    show();
  }

  function place(box) {
    const number = (name) => Number(box.getAttribute(name));
    return { x: number("x"), y: number("y"), width: number("width"), height: number("height") };
  }

  function centre(id, scale = Math.max(at.scale, FAR * 1.5)) {
    const box = place(boxes.get(id));
    at.scale = scale;
    at.x = map.clientWidth / 2 - (box.x + box.width / 2) * scale;
    at.y = map.clientHeight / 2 - (box.y + box.height / 2) * scale;
    show();
  }

  function isSeen(id) {
    const box = place(boxes.get(id));
    const left = box.x * at.scale + at.x;
    const top = box.y * at.scale + at.y;
    return left >= 0 && top >= 0 && left + box.width * at.scale <= map.clientWidth &&
      top + box.height * at.scale <= map.clientHeight;
  }

  function light(test) {
    for (const way of ways) way.classList.toggle("lit", test(way.dataset));
  }

  let picked = "";

  function lightPicked() {
    svg.classList.toggle("picking", picked !== "");
    light((way) => picked !== "" && (way.from === picked || way.to === picked));
  }

  function pick(id) {
    picked = boxes.has(id) ? id : "";
    for (const [name, box] of boxes) box.classList.toggle("picked", name === picked);
    const open = sections.get(picked ? `scene-${picked}` : "overview");
    for (const section of sections.values()) section.classList.toggle("open", section === open);
    aside.scrollTop = 0;
    lightPicked();
    try {
      history.replaceState(null, "", picked ? `#scene-${picked}` : "#");
    } catch { /* a page opened from a file may not rewrite its address in every browser */ }
    if (picked && !isSeen(picked)) centre(picked);
  }

  const sceneOf = (link) => {
    const target = link && (link.getAttribute("href") || "");
    return target && target.startsWith("#scene-") ? target.slice("#scene-".length) : "";
  };

  // Dragging, pinching, the wheel

  const fingers = new Map();
  let moved = false;

  map.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 1) moved = false;
  });
  addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const dx = event.clientX - before.x;
    const dy = event.clientY - before.y;
    if (!moved && Math.hypot(dx, dy) < 4) return; // a click with an unsteady hand
    moved = true;
    map.classList.add("moving");
    if (fingers.size === 1) {
      at.x += dx;
      at.y += dy;
      show();
    } else {
      const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, finger]) => finger);
      const was = Math.hypot(before.x - other.x, before.y - other.y);
      const is = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      const edge = map.getBoundingClientRect();
      if (was > 0) zoom(is / was, (event.clientX + other.x) / 2 - edge.left, (event.clientY + other.y) / 2 - edge.top);
    }
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  for (const name of ["pointerup", "pointercancel"]) {
    addEventListener(name, (event) => {
      fingers.delete(event.pointerId);
      if (!fingers.size) map.classList.remove("moving");
    });
  }
  map.addEventListener("dragstart", (event) => event.preventDefault());
  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const edge = map.getBoundingClientRect();
    const step = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    const factor = Math.exp(-event.deltaY * step * (event.ctrlKey ? 0.01 : 0.0015));
    zoom(factor, event.clientX - edge.left, event.clientY - edge.top);
  }, { passive: false });

  // Picking

  map.addEventListener("click", (event) => {
    const id = sceneOf(event.target.closest("a"));
    event.preventDefault();
    if (!moved) pick(id);
  });
  aside.addEventListener("click", (event) => {
    const id = sceneOf(event.target.closest("a"));
    if (!id) return;
    event.preventDefault();
    pick(id);
  });
  svg.addEventListener("pointerover", (event) => {
    const row = event.target.closest("[data-row]");
    const box = row && row.closest(".scene");
    if (box) light((way) => way.from === box.dataset.scene && way.row === row.dataset.row);
    else lightPicked();
  });
  svg.addEventListener("focusin", (event) => {
    const id = sceneOf(event.target.closest("a"));
    if (id && event.target.matches(":focus-visible") && !isSeen(id)) centre(id);
  });
  map.addEventListener("scroll", () => map.scrollTo(0, 0)); // a browser scrolls to what is focused; `centre` does it

  // Searching: everything that a scene's panel tells counts, conditions and variables too

  const words = new Map([...boxes.keys()].map((id) => {
    const section = sections.get(`scene-${id}`);
    return [id, section ? section.textContent.toLocaleLowerCase() : ""]; // the END box has no section
  }));
  let matches = [];
  let turn = -1;

  function look() {
    const sought = search.value.trim().toLocaleLowerCase();
    matches = sought ? [...words].filter(([, text]) => text.includes(sought)).map(([id]) => id) : [];
    const title = (id) => sections.get(`scene-${id}`).querySelector("h2").textContent.toLocaleLowerCase();
    const named = (id) => id.includes(sought) || title(id).includes(sought);
    matches.sort((one, other) => Number(named(other)) - Number(named(one)));
    turn = -1;
    svg.classList.toggle("looking", sought !== "");
    for (const [id, box] of boxes) box.classList.toggle("found", matches.includes(id));
    found.textContent = sought ? `${matches.length} of ${words.size}` : "";
  }
  search.addEventListener("input", look);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && matches.length) {
      turn = (turn + (event.shiftKey ? matches.length - 1 : 1)) % matches.length;
      pick(matches[turn]);
      centre(matches[turn]);
      found.textContent = `${turn + 1} of ${matches.length}`;
    } else if (event.key === "Escape") {
      search.value = "";
      look();
      search.blur();
    }
    event.stopPropagation();
  });

  // Keys and buttons

  const keys = {
    "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), f: fit, 0: fit,
    "/": () => search.focus(), s: () => centre(boxes.keys().next().value), Escape: () => pick(""),
    ArrowLeft: () => { at.x += 80; show(); }, ArrowRight: () => { at.x -= 80; show(); },
    ArrowUp: () => { at.y += 80; show(); }, ArrowDown: () => { at.y -= 80; show(); },
  };
  addEventListener("keydown", (event) => {
    const act = keys[event.key];
    const inPanel = event.key.startsWith("Arrow") && aside.contains(document.activeElement);
    if (!act || inPanel || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  for (const button of document.querySelectorAll(".tools button")) {
    button.addEventListener("click", () => keys[button.value]());
  }
  addEventListener("hashchange", () => pick(sceneOf({ getAttribute: () => location.hash })));

  fit();
  const start = boxes.keys().next().value;
  if (start && at.scale < 0.12) { // too small for a title: begin where the story does
    centre(start, 0.8);
  }
  pick(sceneOf({ getAttribute: () => location.hash }));
})();
