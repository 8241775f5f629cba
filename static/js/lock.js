// Hides the page when nobody has used it for as long as this place allows, when 'Lock the screen' is pressed, and when another tab
// was locked: the whole body makes way for the lock panel, and comes back as it was when it is unlocked. The server locks by itself;
// this only spares the click on which it would show. Nothing is kept in the browser's storage.
(() => {
  'use strict'

  const panel = document.getElementById('lock-panel')
  if (!panel) return
  const IDLE = Number(panel.dataset.minutes) * 60000
  const LOOK = 5000 // how often the clock is looked at
  const TELL = 60000 // how often the server and other tabs are told that somebody is here
  const WAIT = 5000
  const others = 'BroadcastChannel' in window ? new BroadcastChannel('carehub-screen') : null

  let used = Date.now()
  let told = Date.now()
  let asking = false
  let kept = null // what stood in the body, while it is hidden
  let title = ''

  const tell = (message) => others?.postMessage(message)
  const cookie = () => /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? ''

  const ask = async (url, method, body) => {
    const stop = new AbortController()
    const late = setTimeout(() => stop.abort(), WAIT)
    try {
      const answer = await fetch(url, {
        method,
        body,
        headers: { 'X-Requested-With': 'fetch', ...(method === 'POST' && { 'X-CSRFToken': cookie() || document.querySelector('[name=csrfmiddlewaretoken]')?.value || '' }) },
        credentials: 'same-origin',
        redirect: 'error',
        cache: 'no-store',
        signal: stop.signal
      })
      return { status: answer.status, ...(answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : {}) }
    } catch {
      return { status: 0 }
    } finally { clearTimeout(late) }
  }

  const hide = () => {
    if (kept) return
    // What is typed and not yet sent goes out first: see autosave.js.
    window.dispatchEvent(new Event('carehub-locking'))
    title = document.title
    kept = { nodes: document.createDocumentFragment(), focus: document.activeElement, scroll: window.scrollY, body: document.body.className }
    kept.nodes.append(...document.body.childNodes)
    document.title = panel.dataset.title
    document.body.className = 'govuk-template__body plain js-enabled'
    document.body.append(panel.content.cloneNode(true))
    const form = document.body.querySelector('main form')
    const token = cookie()
    if (token) document.body.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((field) => { field.value = token })
    form.addEventListener('submit', unlock)
    form.querySelector('[name=typed]').focus()
  }

  const show = () => {
    if (!kept) return
    document.body.replaceChildren(kept.nodes)
    document.body.className = kept.body
    document.title = title
    window.scrollTo(0, kept.scroll)
    kept.focus?.focus?.({ preventScroll: true })
    kept = null
    used = told = Date.now()
  }

  async function unlock (event) {
    event.preventDefault()
    const form = event.currentTarget
    const [field, error, button] = ['[name=typed]', '#unlock-error', '[type=submit]'].map((one) => form.querySelector(one))
    button.disabled = true
    const answer = await ask(form.action, 'POST', new URLSearchParams(new FormData(form)))
    button.disabled = false
    field.value = ''
    if (answer.status === 200 && answer.locked === false) {
      tell('unlocked')
      return show()
    }
    // Signed out meanwhile, or a token that is no longer good: the server's own page says what to do.
    if (answer.status === 401 || answer.status === 403) return window.location.reload()
    error.textContent = answer.errors?.join(' ') || panel.dataset.unanswered
    error.hidden = false
    field.classList.add('govuk-input--error')
    field.closest('.govuk-form-group').classList.add('govuk-form-group--error')
    field.focus()
  }

  // What is hidden here is locked there too: a page opened anew must not show it.
  const lock = async () => {
    hide()
    tell('locked')
    const answer = await ask(panel.dataset.lock, 'POST')
    const error = document.getElementById('unlock-error')
    if (answer.status === 200 || !error) return
    error.textContent = panel.dataset.unanswered
    error.hidden = false
  }

  // Asks the server, which counts what other tabs and windows do. No answer hides the page too.
  const check = async () => {
    if (asking) return
    asking = true
    const answer = await ask(panel.dataset.state, 'GET')
    asking = false
    if (answer.status !== 200 || answer.locked) return hide()
    if (kept) return show()
    used = Math.max(used, Date.now() + answer.seconds * 1000 - 60000 - IDLE)
    if (Date.now() - used >= IDLE) lock()
  }

  const look = () => {
    if (!kept && Date.now() - used >= IDLE) check()
  }

  const inUse = () => {
    if (kept) return
    const now = Date.now()
    if (now - used >= IDLE) return check()
    used = now
    if (now - told >= TELL) {
      told = now
      tell('used')
      ask(panel.dataset.state, 'POST').then((answer) => { if (answer.locked) hide() })
    }
  }

  for (const kind of ['keydown', 'pointerdown', 'wheel', 'touchstart', 'input']) {
    document.addEventListener(kind, inUse, { passive: true, capture: true })
  }
  setInterval(look, Math.min(LOOK, IDLE / 4))
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') look() })
  window.addEventListener('pageshow', (event) => { if (event.persisted) check() })
  window.addEventListener('carehub-locked', () => { tell('locked'); hide() })
  others?.addEventListener('message', ({ data }) => {
    if (data === 'locked') hide()
    else if (data === 'unlocked') { if (kept) check() } else if (data === 'used' && !kept) used = Date.now()
  })

  document.addEventListener('submit', (event) => {
    if (!event.target.matches?.('[data-lock-screen]')) return
    event.preventDefault()
    lock()
  })
})()
