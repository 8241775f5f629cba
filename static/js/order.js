// Goals put in order by dragging. What is let go is saved as 'Move up' saves it, which does the same with keys or a click.
(() => {
  'use strict'

  const list = document.querySelector('[data-part-list="goal"]')
  const save = document.querySelector('[data-part-order]')
  const said = document.querySelector('[data-part-moved]')
  if (!list || !save || !said) return

  const goals = () => [...list.querySelectorAll('[data-part="goal"]')].filter((goal) => !goal.hidden)

  // What a page says from the start is not read out: it is said again once the page stands. The focus stays with what was moved.
  const moved = document.getElementById(said.dataset.partMoved)
  if (moved) {
    const words = said.textContent
    said.textContent = ''
    window.setTimeout(() => { said.textContent = words }, 300)
    const again = moved.querySelector('[name="up"]') ?? moved
    if (again === moved) moved.tabIndex = -1
    again.focus({ preventScroll: true })
  }

  // The goals around the one that is held move past it: the one under the finger stays in its place in the page.
  const follow = (goal, y) => {
    const all = goals()
    const at = all.indexOf(goal)
    const middle = (other) => { const box = other.getBoundingClientRect(); return box.top + box.height / 2 }
    if (at > 0 && y < middle(all[at - 1])) goal.after(all[at - 1])
    else if (at < all.length - 1 && y > middle(all[at + 1])) goal.before(all[at + 1])
  }

  const hold = (goal, begun) => {
    const before = goals()
    const top = goal.getBoundingClientRect().top
    list.classList.add('is-ordering')
    goal.classList.add('is-held')
    // Goals fold to their words while one is held; it stays under the pointer.
    window.scrollBy(0, goal.getBoundingClientRect().top - top)
    const way = new AbortController()
    const on = (name, does) => document.addEventListener(name, does, { signal: way.signal })
    const letGo = (keep) => {
      way.abort()
      if (!keep) list.append(...before)
      list.classList.remove('is-ordering')
      goal.classList.remove('is-held')
      if (keep && goals().some((each, place) => each !== before[place])) {
        save.value = goal.id
        save.form.requestSubmit(save)
      } else {
        goal.scrollIntoView({ block: 'nearest' })
      }
    }
    on('pointermove', (event) => {
      if (event.pointerId !== begun) return
      if (event.clientY < 60) window.scrollBy(0, -12)
      else if (event.clientY > window.innerHeight - 60) window.scrollBy(0, 12)
      follow(goal, event.clientY)
    })
    on('pointerup', (event) => { if (event.pointerId === begun) letGo(true) })
    on('pointercancel', () => letGo(false))
    on('keydown', (event) => { if (event.key === 'Escape') letGo(false) })
  }

  document.addEventListener('pointerdown', (event) => {
    const grip = event.target.closest?.('[data-part-grip]')
    if (!grip || event.button || goals().length < 2) return
    event.preventDefault()
    hold(grip.closest('[data-part="goal"]'), event.pointerId)
  })
  list.classList.add('has-grips')
})()
