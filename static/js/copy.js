// 'Copy' beside a text that can be selected as well. Without script, or where the browser copies nothing, there is no button.
(() => {
  'use strict'

  if (!navigator.clipboard) return
  for (const button of document.querySelectorAll('[data-copy]')) {
    const text = document.getElementById(button.dataset.copy)
    const status = button.parentElement.querySelector('[role=status]')
    button.hidden = false
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(text.textContent.trim())
        status.textContent = button.dataset.copied
      } catch {
        // Refused by the browser: the text is marked, to be copied by hand.
        window.getSelection().selectAllChildren(text)
      }
    })
  }
})()
