// Starts the console. A file of its own, as the Content-Security-Policy allows no inline script.
// Trunk writes the two files that it names; tools/name-by-content.mjs puts their hashed names in here.
import init from "/slipway.js";

// The chosen theme, before the first paint of the app (src/theme.rs writes it). A browser may refuse its storage.
try {
  const theme = localStorage.getItem("slipway.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}

try {
  await init({ module_or_path: "/slipway_bg.wasm" });
} catch (error) {
  // A wasm trap after the app drew its page is the app's to report; this is for a page that never came to life.
  const words = document.querySelector("[data-boot-words]");
  if (words?.isConnected) {
    words.setAttribute("role", "alert");
    words.textContent = `Slipway could not start in this browser: ${error?.message ?? error}. Reload the page; if it stays, use a current Firefox, Chrome, Edge or Safari.`;
  }
  throw error;
}
