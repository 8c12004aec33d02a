// How many questions are ticked, all of a page at once; ticking one means that the ticked ones are meant.
const form = document.getElementById('ticked');
const told = document.getElementById('how-many');
const all = document.getElementById('tick-page');

function boxes() {
  return Array.from(form.elements).filter((box) => box.name === form.dataset.ticks && box.type === 'checkbox');
}

function tell() {
  const ticked = boxes().filter((box) => box.checked).length;
  told.textContent = ticked ? `，${ticked}${form.dataset.unit}` : '';
  all.textContent = ticked === boxes().length ? '都不勾' : `勾选本页${boxes().length}${form.dataset.unit}`;
}

function mean() {
  form.elements.scope.value = 'ticked';
  tell();
}

if (form && told && all) {
  all.addEventListener('click', () => {
    const to = boxes().some((box) => !box.checked);
    for (const box of boxes()) box.checked = to;
    mean();
  });
  // Boxes may stand outside of the form that they belong to.
  document.addEventListener('change', (event) => { if (boxes().includes(event.target)) mean(); });
  // A browser that comes back to the page ticks what was ticked.
  window.addEventListener('pageshow', tell);
  tell();
}
