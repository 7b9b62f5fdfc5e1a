// A page stays true by itself: the server says that something changed, the panel is fetched again.
import { setServerTime } from "./countdown.js";

const SPREAD_MS = 1000;

export function followLots() {
  for (const panel of document.querySelectorAll("[data-live]")) follow(panel);
}

function follow(panel) {
  if (!window.EventSource) return;
  const source = new EventSource(panel.dataset.live);
  let fetching = false, again = false, waiting = false, shown = "";
  async function refresh() {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      const response = await fetch(panel.dataset.panel, { headers: { "hx-request": "true" } });
      if (response.ok) replace(panel, await response.text());
    } catch { /* the stream reconnects and asks again */ }
    fetching = false;
    if (again) { again = false; refresh(); }
  }
  for (const name of ["lot", "matter"]) source.addEventListener(name, heard);
  function heard(event) {
    const news = JSON.parse(event.data);
    if (news.server_time) setServerTime(news.server_time);
    // The state is also sent when nothing has changed; only news are worth a request.
    const state = [news.seq, news.phase, news.ends_at].join();
    if (state === shown || waiting) { shown = state; return; }
    shown = state; waiting = true;
    // Who may bid sees the new price at once; thousands of spectators ask within the next second, not all in one instant.
    setTimeout(() => { waiting = false; refresh(); }, panel.querySelector(".bid-form") ? 0 : Math.random() * SPREAD_MS);
  }
}

// Keep what the bidder is typing, and where the focus is, while everything around it changes.
function replace(panel, html) {
  const typed = [...panel.querySelectorAll("input[inputmode]")].filter((each) => each.value !== each.defaultValue || "typed" in each.dataset);
  const focused = document.activeElement?.id;
  panel.innerHTML = html;
  for (const { id, value } of typed) {
    const field = panel.querySelector(`#${CSS.escape(id)}`);
    if (field) field.value = value;
  }
  if (focused && panel.querySelector(`#${CSS.escape(focused)}`)) panel.querySelector(`#${CSS.escape(focused)}`).focus();
}
