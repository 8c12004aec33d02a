// The answering page, put together: sheet, store, saver, clock, panel, keys, hand-in.

import { Clock, run } from './clock.js';
import { ask } from './dialog.js';
import { HandingIn } from './handing_in.js';
import { Moving } from './moving.js';
import { keepInSight, News, showNotices } from './news.js';
import { Offer } from './offering.js';
import { Panel } from './panel.js';
import { Saver } from './saving.js';
import { Sheet } from './sheet.js';
import { Store } from './store.js';
import { fetchPaper } from './taking_back.js';

const RESYNC_MS = 60000;
const ASKING_MS = 2000;                // at the deadline, so that a hall does not ask in step

const form = document.getElementById('paper');
const { attempt, saveUrl, now, deadline, savedAt } = form.dataset;
const sheet = new Sheet(form);
const store = new Store(attempt, sheet.lease);
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
    document.getElementById('offline').hidden = state.trouble !== 'network';
    document.querySelectorAll('[data-kept]').forEach((words) => { words.hidden = !state.isKept; });
    document.querySelectorAll('[data-not-kept]').forEach((words) => { words.hidden = state.isKept; });
  },
  onSynced: (answer, began, ended) => {
    clock.sync(answer, began, ended);
    syncedAt = ended;
  },
  onFinal,
});
const offered = new Offer(sheet, store, {
  onTaken: () => { saver.change(); panel.show(); },
  onDecided: () => saver.tell(),
});
const handingIn = new HandingIn(form, { sheet, saver, clock, offered, onDone: () => leave(form.dataset.result), onOver: () => tellOver(saver.isOver) });

function changed(index) {
  sheet.touch(index);
  offered.decided(index);
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
  const notices = document.getElementById('notices');
  if (showNotices(notices, told.notices)) keepInSight(notices);
  const wasHeld = clock.held !== null;
  clock.held = told.held_ms;
  clock.sync(told, began, ended);
  if (!told.is_open) saver.flush();    // its answer leads to the receipt
  else if (!wasHeld && clock.held !== null) hold();
  else if (wasHeld && clock.held === null) goOn();
}

let place = null; // where somebody was reading when the questions were covered

/** 暂停: keep what there is, then cover the questions. */
function hold() {
  place = firstInView();
  saver.flush();
  sheet.lock();
  document.documentElement.classList.add('held');
  document.getElementById('held').focus();
}

/** 恢复 */
function goOn() {
  document.documentElement.classList.remove('held');
  unlock();
  if (place) window.scrollBy(0, place.item.getBoundingClientRect().top - place.top);
}

function firstInView() {
  const item = [...form.querySelectorAll('.item')].find((one) => one.getBoundingClientRect().bottom > 0);
  return item && window.scrollY > 0 ? { item, top: item.getBoundingClientRect().top } : null;
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
    if (handingIn.isTimeUp || handingIn.isDone) return;
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
  sheet.lock();
  if (reason === 'handed_in' || reason === 'late') {
    await tellNotStored(answer);
    leave(answer.result_url);
  } else {
    tellOver(reason);
  }
}

async function tellOver(reason) {
  document.querySelectorAll(`[data-unsaved-${reason}]`).forEach((line) => { line.hidden = sheet.unsaved.size === 0; });
  document.getElementById(`said-${reason}`).hidden = false;
  const wanted = await ask(document.getElementById(reason));
  if (wanted === 'take back') takeBack();
  // A reload would ask for an account, which few candidates have.
  else if (wanted === 'reload') window.location.assign(form.dataset.entry);
}

/** What was answered here and neither counts nor is kept is named before the page goes. */
async function tellNotStored(answer) {
  if (answer.kept || sheet.unsaved.size === 0) return;
  const numbers = Array.from(sheet.unsaved.keys()).sort((a, b) => a - b).join('、');
  const dialog = document.getElementById('not-stored');
  dialog.querySelector('[data-numbers]').textContent = numbers;
  await ask(dialog);
}

function leave(address) {
  if (!saver.isOver) saver.isOver = 'handed_in';
  store.clear();
  window.location.assign(address);
}

/** 改在这里接着答: the lease comes back to this page; what only this page has is offered against what is stored. */
async function takeBack() {
  const copy = sheet.copy();
  const found = await fetchPaper();
  if (found === null) {
    if ((await ask(document.getElementById('not-reached'))) === 'take back') takeBack();
    return;
  }
  if (found.gone) {
    saver.restart(saver.csrf);
    saver.flush();                     // the paper is closed: the answer says where to go, and what became of the rest
    return;
  }
  const before = store.key;
  sheet.restart(found.form);
  store.takeLease(sheet.lease);
  saver.restart(found.csrf);
  const { now: serverNow, deadline: due, leaseBefore } = found.form.dataset;
  clock.sync({ now_ms: Number(serverNow), deadline_ms: Number(due) }, found.began, found.ended);
  syncedAt = found.ended;
  ['elsewhere', 'signed_out', 'refused'].forEach((reason) => { document.getElementById(`said-${reason}`).hidden = true; });
  sheet.unlock();
  const others = store.others().filter(({ key }) => key !== before);
  offered.receive(others.concat(copy.unsaved.length ? [{ key: before, copy }] : []), leaseBefore);
  panel.show();
  saver.tell();
  handingIn.isTimeUp = false;
  if (clock.secondsLeft() === 0) handingIn.onTimeUp();
}
document.querySelectorAll('#said-elsewhere button, #said-refused button').forEach((button) => button.addEventListener('click', takeBack));
document.querySelector('#said-signed_out button').addEventListener('click', () => tellOver('signed_out'));

document.documentElement.classList.add('live');
store.forgetOld(Date.now());
sheet.early.forEach(changed);
offered.receive(store.others(), form.dataset.leaseBefore);
if (clock.secondsLeft() === 0) offered.apply();
panel.show();
saver.tell();

const [page] = performance.getEntriesByType('navigation');
if (page && page.type === 'back_forward') saver.flush();
const wanted = /^#q(\d+)$/.exec(window.location.hash);
if (wanted && sheet.items.has(Number(wanted[1]))) moving.go(Number(wanted[1]));
