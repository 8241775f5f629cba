// Small things of every page: '/' goes to the search box, parts that unfold, the print button. Pages work without any of it.
(() => {
  'use strict'

  // A single key as a shortcut can be pressed by accident or by speech, so it can be turned off (WCAG 2.1.4). Only this choice is kept.
  const KEY = 'carehub-shortcuts'
  let shortcuts = true
  try { shortcuts = localStorage.getItem(KEY) !== 'off' } catch { /* storage may be closed: the shortcuts stay on */ }
  const show = () => { document.documentElement.dataset.shortcutKeys = shortcuts ? 'on' : 'off' }
  show()

  const line = document.querySelector('[data-shortcuts]')
  if (line && document.querySelector('[data-search]')) {
    const [text, button] = [line.querySelector('span'), line.querySelector('button')]
    const say = () => {
      text.textContent = shortcuts ? line.dataset.on : line.dataset.off
      button.textContent = shortcuts ? line.dataset.turnOff : line.dataset.turnOn
    }
    button.addEventListener('click', () => {
      shortcuts = !shortcuts
      try { localStorage.setItem(KEY, shortcuts ? 'on' : 'off') } catch { /* then for this page only */ }
      show()
      say()
    })
    say()
    line.hidden = false
  }

  const typing = (element) => element.closest('input, textarea, select, [contenteditable="true"]')
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || !shortcuts || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
    const search = document.querySelector('[data-search]')
    if (!search) return
    event.preventDefault()
    search.focus()
    search.select()
  })

  // Questions that stand inside an answer open and close with it. Without script they are open.
  const reveal = (input) => {
    const name = CSS.escape(input.name)
    for (const each of (input.form ?? document).querySelectorAll(`input[name="${name}"][data-reveals]`)) {
      const part = document.getElementById(each.dataset.reveals)
      const block = each.type === 'radio' ? 'govuk-radios' : 'govuk-checkboxes'
      part?.classList.toggle(`${block}__conditional--hidden`, !each.checked)
    }
  }
  document.addEventListener('change', (event) => {
    if (event.target.matches?.('input[type=radio], input[type=checkbox]')) reveal(event.target)
  })
  // A browser that goes back fills the form again without a word.
  window.addEventListener('pageshow', () => document.querySelectorAll('input[data-reveals]').forEach(reveal))

  for (const button of document.querySelectorAll('[data-unfold]')) {
    const part = document.getElementById(button.dataset.unfold)
    if (!part) continue
    button.hidden = false
    button.setAttribute('aria-controls', part.id)
    button.addEventListener('click', () => {
      const open = part.classList.toggle('is-unfolded')
      button.setAttribute('aria-expanded', String(open))
    })
  }

  // The demonstration's sign-ins, beside the form.
  const [who, password] = ['id_login', 'id_password'].map((id) => document.getElementById(id))
  for (const button of document.querySelectorAll('[data-sign-in-as]')) {
    if (!who || !password) break
    button.hidden = false
    button.addEventListener('click', () => {
      who.value = button.dataset.signInAs
      password.value = button.dataset.password
      who.form.querySelector('[type=submit]:not([aria-controls])').focus()
    })
  }

  for (const button of document.querySelectorAll('[data-print]')) {
    button.hidden = false
    button.addEventListener('click', () => window.print())
  }
})()
