// 'Add another goal' without a journey to the server. Without script the same button submits, and the form comes back with a row more.
(() => {
  'use strict'

  for (const rows of document.querySelectorAll('[data-rows]')) {
    const prefix = rows.dataset.rows
    const [list, template, add] = ['list', 'template', 'add'].map((part) => rows.querySelector(`[data-rows-${part}]`))
    const total = rows.querySelector(`[name="${prefix}-TOTAL_FORMS"]`)
    const most = Number(rows.querySelector(`[name="${prefix}-MAX_NUM_FORMS"]`)?.value ?? 1000)
    if (!list || !template || !add || !total) continue

    const shown = () => [...list.querySelectorAll('[data-row]')].filter((row) => !row.hidden)

    const number = () => {
      shown().forEach((row, index) => row.querySelectorAll('[data-row-number]').forEach((place) => { place.textContent = index + 1 }))
      add.hidden = Number(total.value) >= most
    }

    const tell = (row) => row.dispatchEvent(new Event('input', { bubbles: true }))

    const prepare = (row) => {
      const remove = row.querySelector('[data-row-remove]')
      const tick = row.querySelector(`[name^="${prefix}-"][name$="-DELETE"]`)
      if (!remove || !tick) return
      tick.closest('.govuk-form-group').hidden = true
      remove.hidden = false
      if (tick.checked) row.hidden = true
      remove.addEventListener('click', () => {
        tick.checked = true
        row.hidden = true
        number()
        // The place of the button is gone; the next thing to do is the list itself.
        const next = shown().at(-1)?.querySelector('input:not([type=hidden]), textarea, select') ?? add
        next.focus()
        tell(tick)
      })
    }

    add.addEventListener('click', (event) => {
      event.preventDefault()
      const index = Number(total.value)
      if (index >= most) return
      const copy = template.content.cloneNode(true)
      for (const element of copy.querySelectorAll('*')) {
        for (const attribute of [...element.attributes]) {
          if (attribute.value.includes('__prefix__')) element.setAttribute(attribute.name, attribute.value.replaceAll('__prefix__', index))
        }
      }
      const row = copy.querySelector('[data-row]')
      list.append(copy)
      total.value = index + 1
      prepare(row)
      number()
      row.querySelector('input:not([type=hidden]), textarea, select')?.focus()
      tell(row.querySelector('input, textarea, select') ?? total)
    })

    list.querySelectorAll('[data-row]').forEach(prepare)
    number()
  }
})()
