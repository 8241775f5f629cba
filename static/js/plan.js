// Goals, actions and steps added and taken off without a journey to the server. Without script the same buttons submit, and a box is ticked.
(() => {
  'use strict'

  // crypto.randomUUID is there on secure addresses only.
  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

  const tell = (element) => element?.dispatchEvent(new Event('input', { bubbles: true }))

  const number = () => {
    [...document.querySelectorAll('[data-part="goal"]')].filter((goal) => !goal.hidden).forEach((goal, index) => {
      goal.querySelectorAll('[data-part-number]').forEach((place) => { place.textContent = index + 1 })
    })
  }

  const prepare = (part) => {
    const place = [...part.children].find((child) => child.classList.contains('part-remove'))
    const tick = place?.querySelector('input[type=checkbox]')
    const button = place?.querySelector('[data-part-remove]')
    if (!tick || !button) return
    tick.closest('.govuk-form-group').hidden = true
    button.hidden = false
    part.hidden = tick.checked
    button.addEventListener('click', () => {
      tick.checked = true
      part.hidden = true
      number()
      const list = part.closest('[data-part-list]')
      list?.parentElement.querySelector('[data-part-add]')?.focus()
      tell(tick)
    })
  }

  const add = (button) => {
    const kind = button.dataset.partAdd
    const template = document.querySelector(`template[data-part-template="${kind}"]`)
    const list = document.querySelector(`[data-part-list="${kind === 'action' ? `action-${button.dataset.partOf}` : kind}"]`)
    if (!template || !list) return false
    const copy = template.content.cloneNode(true)
    const made = key()
    for (const element of copy.querySelectorAll('*')) {
      for (const attribute of [...element.attributes]) {
        if (attribute.value.includes('__')) {
          element.setAttribute(attribute.name, attribute.value.replaceAll('__key__', made).replaceAll('__goal__', button.dataset.partOf ?? ''))
        }
      }
    }
    const part = copy.querySelector('[data-part]')
    list.append(copy)
    prepare(part)
    number()
    // A new goal begins with one action to fill in.
    if (kind === 'goal') add(part.querySelector('[data-part-add="action"]'))
    const first = part.querySelector('input:not([type=hidden]), textarea, select')
    first?.focus()
    tell(first)
    return true
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-part-add]')
    if (button && add(button)) event.preventDefault()
  })
  document.querySelectorAll('[data-part]').forEach(prepare)

  // A box to sign in that was folded away when the page opened has no size until it is shown.
  document.addEventListener('change', (event) => {
    if (event.target.closest?.('[data-how]')) window.dispatchEvent(new Event('resize'))
  })
})()
