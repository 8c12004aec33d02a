// The paper's size while it is being put together: so many questions, so many points.
const spec = document.getElementById('spec');
const total = document.getElementById('total');

const number = (field) => {
  const text = field.value.normalize('NFKC').trim();
  return /^\d{1,5}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : 0;
};

function tell() {
  let questions = 0;
  let points = 0;
  for (const count of spec.querySelectorAll('input[name^="count_"]')) {
    const worth = spec.querySelector(`input[name="${count.name.replace('count_', 'points_')}"]`);
    const asked = Math.floor(number(count) / 100);
    questions += asked;
    points += asked * number(worth);
  }
  total.textContent = `合计${questions}题，满分${points / 100}分`;
}

// How many of each kind the tables of topics and difficulties have given out.
function tellSpread(table) {
  for (const cell of table.querySelectorAll('[data-sum]')) {
    let sum = 0;
    for (const field of table.querySelectorAll(`input[data-kind="${cell.dataset.sum}"]`)) sum += Math.floor(number(field) / 100);
    const wanted = spec.querySelector(`input[name="count_${cell.dataset.sum}"]`);
    cell.textContent = sum ? `${sum}/${wanted ? Math.floor(number(wanted) / 100) : 0}` : '';
  }
}

function tellAllSpread() {
  for (const table of document.querySelectorAll('[data-spread]')) tellSpread(table);
}

if (spec && total) {
  spec.addEventListener('input', tell);
  spec.closest('form').addEventListener('input', tellAllSpread);
  tell();
  tellAllSpread();
}
