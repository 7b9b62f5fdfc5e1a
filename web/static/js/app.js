// Small conveniences. Every page works without them.
import { sayAmounts } from "./amounts.js";
import { startCountdowns } from "./countdown.js";
import { followLots } from "./live_lot.js";

startCountdowns();
followLots();
sayAmounts();
if (document.querySelector(".sandbox-strip")) import("./sandbox.js").then((module) => module.runSandbox());

// A form is sent once: a second click while it is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post") {
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  }
});

// After "back" a form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// The list of faults gets the focus, so that it is read out first.
document.getElementById("error-title")?.parentElement.focus();
