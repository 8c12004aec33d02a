// After hand-in: forget this browser's copy of the sheet; on a shared computer leave by itself when asked to.

import { Store } from './store.js';

const slip = document.querySelector('[data-attempt]');
if (slip) new Store(slip.dataset.attempt).clear();

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
