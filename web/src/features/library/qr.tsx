import { encode } from 'uqr'

/** A QR code, dark on light in every theme: cameras look for that. */
export function Qr({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: 4 })
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} className="size-48 shrink-0 rounded-control bg-white forced-color-adjust-none">
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  )
}
