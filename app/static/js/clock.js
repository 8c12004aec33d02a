// Time by the server alone. The browser only measures how long ago the server spoke, so a wrong or changed clock is harmless.

const WARNINGS = [600, 300, 60];
const HURRY_SECONDS = 300;
const SLOWEST_ANSWER_MS = 5000;

export class Clock {
  constructor({ now, deadline }) {
    this.deadline = deadline;
    this.held = null;                  // the moment at which it stands while the contest is paused
    this.setFrom(now, answeredAt());
    this.wallStart = Date.now() - performance.now();
  }

  now() {
    return this.held !== null ? this.held : this.serverAt + (performance.now() - this.heardAt);
  }

  secondsLeft() {
    return Math.max(0, Math.ceil((this.deadline - this.now()) / 1000));
  }

  /** Learn from a save's answer; the middle of the round trip is the best guess of when it was written. */
  sync(answer, began, ended) {
    if (answer.deadline_ms) this.deadline = answer.deadline_ms;
    if (answer.now_ms && ended - began < SLOWEST_ANSWER_MS) this.setFrom(answer.now_ms, (began + ended) / 2);
  }

  setFrom(serverNow, localInstant) {
    this.serverAt = serverNow;
    this.heardAt = localInstant;
  }

  /** True once after the machine slept or its clock was set: performance.now() may have stood still meanwhile. */
  hasSlipped() {
    const wallStart = Date.now() - performance.now();
    const slipped = Math.abs(wallStart - this.wallStart) > 2000;
    if (slipped) this.wallStart = wallStart;
    return slipped;
  }
}

/** Ticks on the second: onTick(secondsLeft), onWarning(minutes) at ten, five and one, onEnd() while time is up. */
export function run(clock, { onTick, onWarning, onEnd }) {
  let previous = Infinity;
  let isEnding = false;
  const again = () => { isEnding = false; };

  const tick = () => {
    const left = clock.secondsLeft();
    onTick(left);
    const crossed = WARNINGS.filter((seconds) => previous > seconds && left <= seconds && left > 0);
    if (crossed.length && previous !== Infinity) onWarning(Math.min(...crossed) / 60);
    previous = left;
    if (left === 0 && !isEnding) {     // again when it was not the end: the clock was set, or the deadline moved
      isEnding = true;
      onEnd().then(again, again);
    }
    const beat = (clock.deadline - clock.now()) % 1000;
    setTimeout(tick, left > 0 && clock.held === null ? Math.max(beat, 50) : 1000);
  };
  tick();
}

export function isHurry(seconds) {
  return seconds <= HURRY_SECONDS;
}

/** 21:34, 1:05:09, or 3天4小时 when a day or more is left. */
export function countdown(seconds) {
  if (seconds >= 86400) return `${Math.floor(seconds / 86400)}天${Math.floor(seconds % 86400 / 3600)}小时`;
  const pair = (n) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${pair(Math.floor(seconds % 3600 / 60))}:${pair(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** 12:03:07 in Beijing, wherever and however the browser's clock is set. */
export function timeOfDay(ms) {
  return new Date(ms + 8 * 3600 * 1000).toISOString().slice(11, 19);
}

function answeredAt() {
  const [page] = performance.getEntriesByType('navigation');
  return page && page.responseStart > 0 ? page.responseStart : 0;
}
