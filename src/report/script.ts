/** Fills the head of the page from its cards, filters them, and moves the sliders; runs in the browser. */
export const SCRIPT = `
const cards = [...document.querySelectorAll('article')]
const byId = id => document.getElementById(id)
const count = keys => keys.reduce((counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1), new Map())
const states = count(cards.map(card => card.dataset.status))
const has = card => card.dataset.has.split(' ').filter(Boolean)
const seen = count(cards.flatMap(has))

byId('totals').textContent = cards.length + (cards.length === 1 ? ' image' : ' images')

function filter(button, keep) {
  for (const other of document.querySelectorAll('header button')) {
    other.setAttribute('aria-pressed', String(other === button))
  }
  let shown = 0
  for (const card of cards) if (!(card.hidden = !keep(card))) shown++
  byId('shown').textContent = 'Showing ' + shown + ' of ' + cards.length
}

function addButton(parent, name, number, keep) {
  const button = document.createElement('button')
  const label = document.createElement('span')
  const amount = document.createElement('b')
  label.textContent = name
  amount.textContent = number
  button.append(label, ' ', amount)
  button.addEventListener('click', () => filter(button, keep))
  byId(parent).append(button)
  return button
}

const all = addButton('states', 'all', cards.length, () => true)
for (const [state, number] of states) {
  addButton('states', state, number, card => card.dataset.status === state)
}
const most = Math.max(...seen.values())
for (const [name, number] of [...seen].sort((a, b) => b[1] - a[1])) {
  addButton('histogram', name, number, card => has(card).includes(name)).style.setProperty('--share', number / most)
}
filter(all, () => true)

document.addEventListener('input', ({ target }) => {
  target.parentElement.style.setProperty('--before', target.value)
  target.setAttribute('aria-valuetext', target.value + ' %')
})
`
