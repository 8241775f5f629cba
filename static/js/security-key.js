// Security keys (WebAuthn). Shows its form only where the browser knows them; what the key says goes to the server as JSON in a hidden field.
(() => {
  'use strict'

  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
  const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

  const named = (list) => (list ?? []).map((each) => ({ ...each, id: toBytes(each.id) }))

  const ask = {
    async create (options) {
      const made = await navigator.credentials.create({
        publicKey: {
          ...options,
          challenge: toBytes(options.challenge),
          user: { ...options.user, id: toBytes(options.user.id) },
          excludeCredentials: named(options.excludeCredentials)
        }
      })
      return answer(made, ['clientDataJSON', 'attestationObject'], { transports: made.response.getTransports?.() ?? [] })
    },
    async get (options) {
      const made = await navigator.credentials.get({
        publicKey: { ...options, challenge: toBytes(options.challenge), allowCredentials: named(options.allowCredentials) }
      })
      return answer(made, ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'])
    }
  }

  const answer = (made, parts, more = {}) => ({
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    authenticatorAttachment: made.authenticatorAttachment,
    response: { ...Object.fromEntries(parts.filter((part) => made.response[part]).map((part) => [part, toText(made.response[part])])), ...more },
    clientExtensionResults: made.getClientExtensionResults()
  })

  const known = 'credentials' in navigator && 'PublicKeyCredential' in window
  document.querySelectorAll('[data-security-key-none]').forEach((line) => { line.hidden = known })
  if (!known) return
  for (const form of document.querySelectorAll('form[data-security-key]')) {
    form.hidden = false
    let answered = false // what stands in the field beforehand is no answer: 'null', or that of a form that was refused
    form.addEventListener('submit', async (event) => {
      const field = form.elements.namedItem('credential')
      if (answered) return
      event.preventDefault()
      const error = form.querySelector('[data-security-key-error]')
      error.hidden = true
      try {
        const options = JSON.parse(form.dataset.options)
        field.value = JSON.stringify(await ask[form.dataset.securityKey](options.publicKey ?? options))
        answered = true
        form.requestSubmit()
      } catch { error.hidden = false }
    })
  }
  // A button beside others in a form that can also be sent without a key.
  for (const button of document.querySelectorAll('button[data-security-key-asked]')) {
    button.hidden = false
    button.addEventListener('click', async (event) => {
      event.preventDefault()
      const error = button.form.querySelector('[data-security-key-error]')
      error.hidden = true
      try {
        const options = JSON.parse(button.dataset.securityKeyAsked)
        button.form.elements.namedItem('credential').value = JSON.stringify(await ask.get(options.publicKey ?? options))
        button.form.requestSubmit()
      } catch { error.hidden = false }
    })
  }
})()
