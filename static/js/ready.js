// Runs before the page is drawn, so that what script will fold is folded from the start and nothing jumps.
document.body.classList.add('js-enabled', 'govuk-frontend-supported')
