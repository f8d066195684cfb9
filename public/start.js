// Starts the console. A file of its own, as the Content-Security-Policy allows no inline script.
// Trunk writes the two files that it names; tools/name-by-content.mjs puts their hashed names in here.
import init from "/slipway.js";

// The chosen theme, before the first paint of the app (src/theme.rs writes it). A browser may refuse its storage.
try {
  const theme = localStorage.getItem("slipway.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}

// The language: the chosen one (src/locale.rs writes it), else the first of the browser's that we have. The catalogue
// comes while the wasm does.
let language;
try {
  language = localStorage.getItem("slipway.language");
} catch {}
language ??= navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === "en" || tag === "sv");
const catalogue = document.querySelector(`meta[name="slipway-words-${CSS.escape(language ?? "en")}"]`);
if (catalogue) {
  document.documentElement.lang = language;
  const preload = document.createElement("link");
  Object.assign(preload, { rel: "preload", as: "fetch", crossOrigin: "", href: catalogue.content });
  document.head.append(preload);
}

// The part of the wasm that the page at hand needs travels beside the main one (src/lazy.rs would ask for it only
// when that runs). A wrong guess costs a request, no more.
const parts = document.querySelector('meta[name="slipway-parts"]');
if (parts) {
  const place = location.pathname === "/images" || location.pathname === "/" ? "images" : "pages";
  let here = place;
  try {
    if (location.pathname === "/login" || !sessionStorage.getItem("slipway.session")) here = "login";
  } catch {}
  for (const file of JSON.parse(parts.content)[here] ?? []) {
    const preload = document.createElement("link");
    Object.assign(preload, { rel: "preload", as: "fetch", crossOrigin: "", href: `/${file}` });
    document.head.append(preload);
  }
}

try {
  await init({ module_or_path: "/slipway_bg.wasm" });
} catch (error) {
  // A wasm trap after the app drew its page is the app's to report; this is for a page that never came to life.
  const words = document.querySelector("[data-boot-words]");
  if (words?.isConnected) {
    const why = error?.message ?? error;
    words.setAttribute("role", "alert");
    words.textContent = catalogue
      ? `Slipway kunde inte starta i den här webbläsaren: ${why}. Läs in sidan igen. Hjälper inte det, använd en aktuell Firefox, Chrome, Edge eller Safari.`
      : `Slipway could not start in this browser: ${why}. Reload the page; if it stays, use a current Firefox, Chrome, Edge or Safari.`;
  }
  throw error;
}
