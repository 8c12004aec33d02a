// The live view asks every ten seconds while it is seen; nothing is sent again that has not changed.

const EVERY_MS = 10000;
const box = document.getElementById('live');
const asOf = document.getElementById('as-of');
let tag = '';

async function look() {
  const headers = tag ? { 'If-None-Match': tag } : {};
  const response = await fetch(box.dataset.partUrl, { headers, credentials: 'same-origin', cache: 'no-store' });
  if (response.redirected) {
    // The sign-in is over, or the password is due: the page itself goes there, and comes back to the whole live view.
    location.reload();
    return;
  }
  if (response.status !== 200 && response.status !== 304) return;
  asOf.textContent = response.headers.get('X-As-Of');
  if (response.status === 304) return;
  tag = response.headers.get('ETag') || '';
  const part = await response.text();
  // Whoever is typing or moving through it by keyboard is not disturbed.
  if (!box.contains(document.activeElement)) box.innerHTML = part;
  else tag = '';
}

function lookLater() {
  setTimeout(async () => {
    if (document.visibilityState === 'visible') await look().catch(() => {});
    lookLater();
  }, EVERY_MS);
}
lookLater();
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') look().catch(() => {});
});
