// Countdowns run on the server's clock: the page carries the server's time, the difference to this device is kept.
// In a sandbox that clock has a speed, and a moment where it waits.
let told = Date.now(), heard = told, pace = 1, holds = Infinity;

export function setServerTime(iso) { told = Date.parse(iso); heard = Date.now(); }
export function setServerPace(iso, runsAt, holdsAt) { setServerTime(iso); pace = runsAt; holds = Math.max(told, Date.parse(holdsAt)); }
export function serverNow() { return Math.min(told + (Date.now() - heard) * pace, Math.max(holds, told)); }

const pad = (number) => String(number).padStart(2, "0");

function remaining(milliseconds, labels) {
  const total = Math.max(0, Math.ceil(milliseconds / 1000));
  const days = Math.floor(total / 86400), hours = Math.floor(total / 3600) % 24;
  const clock = `${pad(hours)}:${pad(Math.floor(total / 60) % 60)}:${pad(total % 60)}`;
  return days > 0 ? `${days} ${labels.days} ${clock}` : clock;
}

function tick() {
  for (const element of document.querySelectorAll("[data-countdown]")) {
    const left = Date.parse(element.dataset.countdown) - serverNow();
    element.textContent = left > 0 ? remaining(left, { days: element.dataset.days || "天" }) : element.dataset.over || "00:00:00";
    element.classList.toggle("countdown-soon", left > 0 && left <= 300000);
  }
}

export function startCountdowns() {
  const stamp = document.querySelector("meta[name=server-time]");
  if (stamp) setServerTime(stamp.content);
  tick();
  setInterval(tick, 250);
}
