/** Calls `draw` now and whenever a canvas has another size or other colours; the returned function ends that. */
export function whenLooksChange(canvas: HTMLElement, draw: () => void): () => void {
  draw()
  const resized = new ResizeObserver(draw)
  resized.observe(canvas)
  const themed = new MutationObserver(draw)
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', draw)
  return () => {
    resized.disconnect()
    themed.disconnect()
    dark.removeEventListener('change', draw)
  }
}
