// How many questions are ticked, all of a page at once; ticking one means that the ticked ones are meant.
const form = document.getElementById('ticked');
const told = document.getElementById('how-many');
const all = document.getElementById('tick-page');

function boxes() {
  return Array.from(form.querySelectorAll('input[name="number"]'));
}

function tell() {
  const ticked = boxes().filter((box) => box.checked).length;
  told.textContent = ticked ? `，${ticked}题` : '';
  all.textContent = ticked === boxes().length ? '都不勾' : `勾选本页${boxes().length}题`;
}

function mean() {
  form.querySelector('input[name="scope"][value="ticked"]').checked = true;
  tell();
}

if (form && told && all) {
  all.addEventListener('click', () => {
    const to = boxes().some((box) => !box.checked);
    for (const box of boxes()) box.checked = to;
    mean();
  });
  form.addEventListener('change', (event) => { if (event.target.name === 'number') mean(); });
  // A browser that comes back to the page ticks what was ticked.
  window.addEventListener('pageshow', tell);
  tell();
}
