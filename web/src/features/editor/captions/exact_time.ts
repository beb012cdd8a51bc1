/** Times as people write them: `62.5`, `1:02,5`, `00:01:02,500`. Milliseconds, or null for what is no time. */
export function parsedTime(text: string): number | null {
  const found = /^\s*(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})(?:[.,](\d{1,3}))?\s*$/.exec(text)
  if (!found) return null
  const [, hours = '0', minutes, seconds = '0', fraction = ''] = found
  if (minutes !== undefined && Number(seconds) > 59) return null
  return ((Number(hours) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'))
}
