// Lets a signature be drawn beside the typed name, and writes it into the form as a path of whole numbers in 600 by 180.
// The typed name counts on its own, so nobody who uses the keyboard is kept out. Needs signature_pad.
(() => {
  'use strict'

  const WIDTH = 600
  const HEIGHT = 180
  const MOST = 39000

  const whole = (value, most) => Math.round(Math.min(most, Math.max(0, value)))

  // Every point, or every second, third, …: as fine as fits into what the form takes.
  const path = (strokes, scale) => {
    for (let step = 1; step < 64; step += 1) {
      const text = strokes.map(({ points }) => {
        const kept = points.filter((_, index) => index % step === 0 || index === points.length - 1)
        const places = kept.map((point) => `${whole(point.x * scale, WIDTH)} ${whole(point.y * scale, HEIGHT)}`)
        // A dot is a line to itself.
        if (places.length === 1) places.push(places[0])
        return places.length ? 'M' + places.join('L') : ''
      }).join('')
      if (text.length <= MOST) return text
    }
    return ''
  }

  for (const part of document.querySelectorAll('[data-signature]')) {
    const area = part.querySelector('[data-signature-draw]')
    const canvas = part.querySelector('canvas')
    const field = part.querySelector('input[type=hidden]')
    if (!area || !canvas || !field || !window.SignaturePad) continue
    area.hidden = false
    const pad = new window.SignaturePad(canvas, { minWidth: 1, maxWidth: 2.6, penColor: '#0b0c0c' })

    // What is drawn on a scaled canvas is measured in the pixels of the screen.
    const scale = () => WIDTH / (canvas.getBoundingClientRect().width || WIDTH)

    const fit = () => {
      const strokes = pad.toData()
      const ratio = Math.max(window.devicePixelRatio || 1, 1)
      canvas.width = canvas.offsetWidth * ratio
      canvas.height = canvas.offsetHeight * ratio
      canvas.getContext('2d').scale(ratio, ratio)
      pad.clear()
      if (strokes.length) pad.fromData(strokes)
    }

    const keep = () => {
      field.value = pad.isEmpty() ? '' : path(pad.toData(), scale())
      field.dispatchEvent(new Event('input', { bubbles: true }))
    }

    // What was drawn before an error brought the page back.
    const redraw = () => {
      const strokes = (field.value.match(/M[^M]+/g) ?? []).map((stroke) => ({
        points: stroke.slice(1).split('L').map((place) => {
          const [x, y] = place.split(' ').map(Number)
          return { x: x / scale(), y: y / scale(), pressure: 0.5, time: 0 }
        }),
        penColor: '#0b0c0c', minWidth: 1, maxWidth: 2.6, velocityFilterWeight: 0.7, dotSize: 0, compositeOperation: 'source-over'
      }))
      if (strokes.length) pad.fromData(strokes)
    }

    fit()
    redraw()
    // A phone turns: the strokes stay as they are, so only the width changes them.
    let width = canvas.offsetWidth
    window.addEventListener('resize', () => {
      if (canvas.offsetWidth === width) return
      width = canvas.offsetWidth
      canvas.width = 0
      fit()
      pad.clear()
      redraw()
    })
    pad.addEventListener('endStroke', keep)
    part.querySelector('[data-signature-clear]')?.addEventListener('click', () => { pad.clear(); keep() })
  }
})()
