// Small conveniences. Every page works without them.
import { startCountdowns } from "./countdown.js";
import { followLots } from "./live_lot.js";

startCountdowns();
followLots();

// A form is sent once: a second click while it is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post") {
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  }
});

// The first field with a fault gets the focus.
document.querySelector(".field-bad input, .field-bad select, .field-bad textarea")?.focus();
