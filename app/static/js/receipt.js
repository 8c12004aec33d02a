// After hand-in: what this browser could not save is sent once more, as 迟到作答, and then its copies are forgotten; on a
// shared computer leave by itself when asked to.

import { Store } from './store.js';

const LONGEST_WAIT_MS = 20000;

const slip = document.querySelector('[data-attempt]');
if (slip) tidy(new Store(slip.dataset.attempt));

/** A page that was closed before its answers arrived left them here; only then has the server anything to hear. */
async function tidy(store) {
  store.forgetOld(Date.now());
  let isKept = false;
  for (const { key, copy } of store.others().filter(({ copy: { unsaved } }) => unsaved.length > 0)) {
    const answer = await sendUntilHeard(copy);
    if (answer === null) return;       // signed out meanwhile: they stay for the next time
    isKept = isKept || answer.kept === true;
    store.drop(key);
  }
  store.clear();
  if (isKept && !document.getElementById('late-note')) window.location.reload();
}

async function sendUntilHeard({ lease, revision, responses, marked }) {
  const csrf = document.querySelector('input[name="csrf_token"]').value;
  const request = {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf },
    body: JSON.stringify({ lease, revision, responses, marked }),
  };
  for (let failures = 0; ; failures += 1) {
    const response = await fetch(slip.dataset.saveUrl, request).catch(() => null);
    if (response && [409, 410].indexOf(response.status) >= 0) {
      document.getElementById('sending').hidden = true;
      return response.json();
    }
    if (response && response.status < 500 && response.status !== 429) return null;
    document.getElementById('sending').hidden = false;
    const longest = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** failures);
    await new Promise((resolve) => setTimeout(resolve, longest / 2 + Math.random() * longest / 2));
  }
}

const leaving = document.querySelector('form[data-leave-after]');
if (leaving) {
  const patience = Number(leaving.dataset.leaveAfter) * 1000;
  let alarm;
  const wait = () => {
    clearTimeout(alarm);
    alarm = setTimeout(() => leaving.submit(), patience);
  };
  ['pointerdown', 'keydown', 'scroll'].forEach((name) => document.addEventListener(name, wait, { passive: true }));
  wait();
}
