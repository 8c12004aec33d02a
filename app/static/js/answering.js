// The answering page, put together: sheet, store, saver, clock, panel, keys, hand-in.

import { Clock, run } from './clock.js';
import { ask } from './dialog.js';
import { HandingIn } from './handing_in.js';
import { Moving } from './moving.js';
import { News, showNotices } from './news.js';
import { Panel } from './panel.js';
import { Saver } from './saving.js';
import { Sheet } from './sheet.js';
import { Store } from './store.js';

const RESYNC_MS = 60000;
const ASKING_MS = 2000;                // at the deadline, so that a hall does not ask in step

const form = document.getElementById('paper');
const { attempt, saveUrl, now, deadline, savedAt } = form.dataset;
const sheet = new Sheet(form);
const store = new Store(attempt);
const panel = new Panel(form, sheet);
const clock = new Clock({ now: Number(now), deadline: Number(deadline) });
let syncedAt = performance.now();

const saver = new Saver({
  url: saveUrl,
  csrf: document.querySelector('meta[name="csrf-token"]').content,
  sheet,
  store,
  savedAt: Number(savedAt) || null,
  onState: (state) => {
    panel.showSaving(state);
    document.getElementById('offline').hidden = !(state.trouble === 'network');
  },
  onSynced: (answer, began, ended) => {
    clock.sync(answer, began, ended);
    syncedAt = ended;
  },
  onFinal,
});
const handingIn = new HandingIn(form, { sheet, saver, clock });

function changed(index) {
  sheet.touch(index);
  saver.change();
  panel.show();
}

function mark(index) {
  if (sheet.items.get(index).flag.disabled) return;
  sheet.toggleMark(index);
  saver.change();
  panel.show();
}

const news = new News({ url: form.dataset.newsUrl, onNews: hear });

/** What the organizer did meanwhile: words, another deadline, a pause, the end of this attempt. */
function hear(told, began, ended) {
  showNotices(document.getElementById('notices'), told.notices);
  const wasHeld = clock.held !== null;
  clock.held = told.held_ms;
  clock.sync(told, began, ended);
  if (!told.is_open) saver.flush();    // its answer leads to the receipt
  else if (!wasHeld && clock.held !== null) hold();
  else if (wasHeld && clock.held === null) goOn();
}

/** 暂停: keep what there is, then cover the questions. */
function hold() {
  saver.flush();
  sheet.lock();
  document.documentElement.classList.add('held');
  document.getElementById('held').focus();
}

/** 恢复 */
function goOn() {
  document.documentElement.classList.remove('held');
  unlock();
}

function unlock() {
  if (!saver.isOver && clock.held === null) sheet.unlock();
}

const moving = new Moving(sheet, panel, { onChosen: changed, onMark: mark });

form.addEventListener('change', (event) => {
  const item = event.target.closest('.item');
  if (item) changed(Number(item.dataset.index));
});
form.addEventListener('click', (event) => {
  const flag = event.target.closest('.flag');
  if (flag) mark(Number(flag.closest('.item').dataset.index));
});

run(clock, {
  onTick: (seconds) => {
    panel.showTime(seconds);
    if (clock.hasSlipped()) saver.flush();
  },
  onWarning: (minutes) => { document.getElementById('time-said').textContent = `还剩${minutes}分钟，到时自动交卷。`; },
  onEnd: async () => {
    sheet.lock();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * ASKING_MS));
    await news.look();                 // more time may have been given in the last minute
    if (clock.secondsLeft() === 0) handingIn.onTimeUp(); else unlock();
  },
});

// A laptop that was closed, a phone that showed another app, a page out of the history: ask the server what time it is.
function resync() {
  if (document.visibilityState === 'visible' && performance.now() - syncedAt > RESYNC_MS) saver.flush();
}
document.addEventListener('visibilitychange', resync);
window.addEventListener('pageshow', (event) => { if (event.persisted) saver.flush(); });

/** Saving from this page is over; say why, and what to do. */
async function onFinal(reason, answer) {
  if (reason === 'handed_in') {
    store.clear();
    window.location.assign(answer.result_url);
    return;
  }
  if (reason === 'late') {
    handingIn.send();
    return;
  }
  sheet.lock();
  document.getElementById(`said-${reason}`).hidden = false;
  if ((await ask(document.getElementById(reason))) !== 'reload') return;
  // A reload would ask for an account, which few candidates have.
  if (reason === 'signed_out') window.location.assign(form.dataset.entry); else window.location.reload();
}

document.documentElement.classList.add('live');
const kept = store.read();
if (kept && sheet.merge(kept)) saver.change();
panel.show();
saver.tell();

const [page] = performance.getEntriesByType('navigation');
if (page && page.type === 'back_forward') saver.flush();
const wanted = /^#q(\d+)$/.exec(window.location.hash);
if (wanted && sheet.items.has(Number(wanted[1]))) moving.go(Number(wanted[1]));
