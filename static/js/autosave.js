// Keeps what is typed: sends a form with data-draft-url two seconds after typing stops and every four while it goes on, says
// whether it is saved, keeps trying, and warns on leaving only while something is not. Nothing about a client stays in the browser.
(() => {
  'use strict'

  const AFTER_TYPING = 2000
  const WHILE_TYPING = 4000
  const GIVE_UP_WAITING = 8000
  const RETRY_FIRST = 2000
  const RETRY_MOST = 20000

  const forms = new Map()

  // In earnest its name begins with '__Host-'.
  const cookie = () => /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? ''

  class Draft {
    constructor (form) {
      this.form = form
      this.url = form.dataset.draftUrl
      this.status = form.querySelector('[data-save-status]') ?? document.querySelector('[data-save-status]')
      this.changes = 0 // how often something was typed
      this.kept = 0 // up to which of them the server has it
      this.last = this.content() // what stood there after the newest of them
      this.firstWaiting = 0 // when the oldest unsent change was made
      this.timer = null
      this.sending = null
      this.failures = 0
      this.stopped = false // the server said that trying again is no use
      this.signedOut = false
      this.leaving = false
      form.addEventListener('submit', (event) => this.submit(event))
    }

    get unsaved () { return this.changes > this.kept }

    content () {
      const fields = [...new FormData(this.form)].filter(([name]) => !['csrfmiddlewaretoken', 'draft_sequence'].includes(name))
      return JSON.stringify(fields.map(([name, value]) => [name, typeof value === 'string' ? value : `${value.name} ${value.size}`]))
    }

    changed () {
      // A text field says 'change' once more when it is left, long after what was typed there is saved: nothing is new then.
      const content = this.content()
      if (content === this.last) return
      this.last = content
      this.leaving = false
      this.changes += 1
      if (this.stopped) return
      const now = Date.now()
      this.firstWaiting ||= now
      if (this.failures) return // a retry is already on its way
      const soonest = Math.min(now + AFTER_TYPING, this.firstWaiting + WHILE_TYPING)
      this.schedule(Math.max(0, soonest - now))
    }

    schedule (wait) {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.send(), wait)
    }

    body () {
      const sequence = this.form.elements.namedItem('draft_sequence')
      if (sequence) sequence.value = String(Number(sequence.value || 0) + 1)
      const body = new URLSearchParams()
      for (const [name, value] of new FormData(this.form)) {
        if (typeof value === 'string' && name !== 'csrfmiddlewaretoken') body.append(name, value)
      }
      return body
    }

    token () {
      // The cookie first: signing in again in another window changes it, and the one in this page is then stale.
      return cookie() || this.form.elements.namedItem('csrfmiddlewaretoken')?.value || ''
    }

    async send ({ keepalive = false } = {}) {
      clearTimeout(this.timer)
      if (this.stopped || !this.unsaved) return true
      if (this.sending && !keepalive) return this.sending
      this.sending = this.post(keepalive).finally(() => { this.sending = null })
      return this.sending
    }

    async post (keepalive) {
      const upTo = this.changes
      this.firstWaiting = 0
      const stop = new AbortController()
      const late = setTimeout(() => stop.abort(), GIVE_UP_WAITING)
      let answer
      try {
        answer = await fetch(this.url, {
          method: 'POST',
          body: this.body(),
          headers: { 'X-CSRFToken': this.token(), 'X-Requested-With': 'fetch' },
          credentials: 'same-origin',
          redirect: 'error',
          cache: 'no-store',
          keepalive,
          signal: keepalive ? undefined : stop.signal
        })
        if (answer.ok) {
          const { saved, locked } = await answer.json()
          if (locked) window.dispatchEvent(new Event('carehub-locked'))
          this.kept = Math.max(this.kept, upTo)
          this.failures = 0
          this.say('saved', saved)
          if (this.unsaved) this.changedMeanwhile()
          return true
        }
      } catch { /* offline, or nobody answered */ } finally { clearTimeout(late) }
      this.failed(answer?.status ?? 0)
      return false
    }

    changedMeanwhile () {
      this.firstWaiting = Date.now()
      this.schedule(AFTER_TYPING)
    }

    failed (status) {
      this.failures += 1
      this.signedOut = status === 401 || status === 403
      if (status === 409) return this.stop('elsewhere')
      if (status === 400 || status === 413) return this.stop('refused')
      if (this.signedOut) this.say('locked')
      else this.say(navigator.onLine ? 'unanswered' : 'offline')
      this.schedule(Math.min(RETRY_MOST, RETRY_FIRST * 2 ** Math.min(this.failures - 1, 5)))
    }

    stop (why) {
      this.stopped = true
      this.say(why)
    }

    say (state, time = '') {
      const line = this.status
      if (!line) return
      const text = (line.dataset[state] ?? '').replace('{time}', time)
      line.hidden = false
      line.classList.toggle('is-unsaved', state !== 'saved')
      // A live region that is set to what it already says is read out again by some readers.
      if (line.textContent !== text) line.textContent = text
    }

    // The draft goes first, so that a submit into a dead line loses nothing; a second press submits whatever happens.
    async submit (event) {
      const token = this.form.elements.namedItem('csrfmiddlewaretoken')
      if (token) token.value = cookie() && token.value ? this.token() : token.value
      if (this.leaving || this.stopped || !this.unsaved) {
        this.leaving = true
        clearTimeout(this.timer)
        return
      }
      event.preventDefault()
      this.leaving = true
      const pressed = event.submitter
      let saved = await this.send()
      // Typed while the last message was under way: once more, with all of it.
      if (saved && this.unsaved) saved = await this.send()
      // Who is signed out is led to the sign-in page by the submit itself: the server keeps it, and gives it back afterwards.
      if (saved || this.stopped || this.signedOut) this.form.requestSubmit(pressed)
      else this.say('notSent')
    }
  }

  const draftOf = (element) => {
    const form = element.form ?? element.closest?.('form')
    if (!form?.dataset.draftUrl) return null
    if (!forms.has(form)) forms.set(form, new Draft(form))
    return forms.get(form)
  }

  for (const kind of ['input', 'change']) {
    document.addEventListener(kind, (event) => draftOf(event.target)?.changed())
  }
  // Without typing there is no draft, but a submit must still carry the newest token.
  for (const form of document.querySelectorAll('form[data-draft-url]')) draftOf(form.elements[0] ?? form)

  const unsaved = () => [...forms.values()].filter((draft) => draft.unsaved)

  window.addEventListener('online', () => unsaved().forEach((draft) => draft.send()))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') unsaved().forEach((draft) => draft.leaving || draft.send({ keepalive: true }))
  })
  // The screen is being locked (lock.js): nothing waits for the next pause.
  window.addEventListener('carehub-locking', () => unsaved().forEach((draft) => draft.send({ keepalive: true })))
  window.addEventListener('pagehide', () => unsaved().forEach((draft) => draft.leaving || draft.send({ keepalive: true })))
  window.addEventListener('beforeunload', (event) => {
    const waiting = unsaved().filter((draft) => !draft.leaving)
    if (!waiting.length) return
    waiting.forEach((draft) => draft.send({ keepalive: true }))
    event.preventDefault()
    event.returnValue = ''
  })
})()
