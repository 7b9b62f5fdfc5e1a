// The strip of a sandbox: its clock runs at its own speed and waits where something is due, so the server is asked again and again.
import { setServerPace } from "./countdown.js";

const strip = document.querySelector(".sandbox-strip");
const ASK_MS = 1000;
const zone = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium" });
// Practice lots run in real time, in a sandbox too: the countdowns of their pages keep the clock that they came with.
const isPractice = location.pathname.startsWith("/practice");
let told, heard, pace, holds;

function set(time, runsAt, holdsAt) {
  told = Date.parse(time); heard = Date.now(); pace = runsAt; holds = Math.max(told, Date.parse(holdsAt));
  if (!isPractice) setServerPace(time, runsAt, holdsAt);
}

function show() {
  const time = zone.format(Math.min(told + (Date.now() - heard) * pace, holds));
  for (const element of document.querySelectorAll("[data-sandbox=time]")) element.textContent = time;
}

async function ask() {
  if (document.hidden) return;
  try {
    const response = await fetch("/sandbox/clock.json");
    if (!response.ok) return;
    const face = await response.json();
    set(face.court_time, face.runs_at, face.holds_at);
  } catch { /* asked again in a second */ }
}

export function runSandbox() {
  set(strip.dataset.courtTime, Number(strip.dataset.runsAt), strip.dataset.holdsAt);
  setInterval(show, 100);
  setInterval(ask, ASK_MS);
}
