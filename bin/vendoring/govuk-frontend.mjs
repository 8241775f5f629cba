// The behaviour of the parts that CareHub uses, as one plain script: no module imports to resolve, nothing inline.
// Radios and Checkboxes are left out: they put aria-expanded on radios, where it is not allowed; js/page.js opens what an answer opens.
import { Button, CharacterCount, ErrorSummary, NotificationBanner, PasswordInput, SkipLink, createAll } from 'govuk-frontend'

// base.html leaves translated sentences here, since the script knows English only.
const words = document.getElementById('govuk-frontend-words')?.dataset ?? {}

function start (scope = document) {
  createAll(Button, { preventDoubleClick: true }, scope)
  createAll(CharacterCount, undefined, scope)
  createAll(ErrorSummary, undefined, scope)
  createAll(NotificationBanner, undefined, scope)
  createAll(PasswordInput, words.showPassword ? { i18n: words } : undefined, scope)
  createAll(SkipLink, undefined, scope)
}

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
start()
document.addEventListener('htmx:after:swap', (event) => start(event.target ?? document))
