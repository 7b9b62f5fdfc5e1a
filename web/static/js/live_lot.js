// A page stays true by itself: the server says that something changed, the panel is fetched again.
import { setServerTime } from "./countdown.js";

const SPREAD_MS = 1000;

export function followLots() {
  for (const panel of document.querySelectorAll("[data-live]")) follow(panel);
}

function follow(panel) {
  if (!window.EventSource) return;
  const source = new EventSource(panel.dataset.live);
  let fetching = false, again = false, waiting = false, shown = "", stood, moved = false;
  async function refresh() {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      replace(panel, await piece(panel.dataset.panel));
      if (moved && panel.dataset.standing) replaceById(await piece(panel.dataset.standing));
      moved = false;
    } catch { /* the stream reconnects and asks again */ }
    fetching = false;
    if (again) { again = false; refresh(); }
  }
  for (const name of ["lot", "matter"]) source.addEventListener(name, heard);
  function heard(event) {
    const news = JSON.parse(event.data);
    if (news.server_time) setServerTime(news.server_time);
    // The state is also sent when nothing has changed; only news are worth a request.
    const standing = [news.phase, news.resumes_at].join(), state = [news.seq, news.ends_at, standing].join();
    // What has begun, stopped or ended says so above the panel too.
    moved ||= stood !== undefined && stood !== standing;
    stood = standing;
    if (state === shown || waiting) { shown = state; return; }
    shown = state; waiting = true;
    // Who may bid sees the new price at once; thousands of spectators ask within the next second, not all in one instant.
    setTimeout(() => { waiting = false; refresh(); }, panel.querySelector(".bid-form") ? 0 : Math.random() * SPREAD_MS);
  }
}

async function piece(path) {
  const response = await fetch(path, { headers: { "hx-request": "true" } });
  if (!response.ok) throw new Error(response.statusText);
  return response.text();
}

function replaceById(html) {
  const pieces = document.createElement("template");
  pieces.innerHTML = html;
  for (const each of [...pieces.content.children]) document.getElementById(each.id)?.replaceWith(each);
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
