/** Small pictures are saved as large as they are shown, twice for sharp screens. */
const scale = 2

/** Saves the picture (a canvas) within an element as a PNG, on the panel's ground. */
export async function savePng(section: Element, name: string): Promise<void> {
  const canvas = section.querySelector('canvas')
  if (!canvas) return
  const box = canvas.getBoundingClientRect()
  const copy = document.createElement('canvas')
  copy.width = Math.max(canvas.width, Math.round(box.width * scale))
  copy.height = Math.max(canvas.height, Math.round(box.height * scale))
  const pen = copy.getContext('2d')
  if (!pen) return
  if (canvas.closest('.uplot, [data-ground]')) {
    pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--panel')
    pen.fillRect(0, 0, copy.width, copy.height)
  }
  pen.imageSmoothingEnabled = getComputedStyle(canvas).imageRendering !== 'pixelated'
  pen.drawImage(canvas, 0, 0, copy.width, copy.height)
  const blob = await new Promise<Blob | null>((resolve) => copy.toBlob(resolve, 'image/png'))
  if (!blob) return
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
