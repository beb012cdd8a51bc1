/** Which time a bracket sets, on a keyboard of any language; null: it is none, or another modifier makes it something else.
 *  Where somebody types it is a bracket, unless Alt goes with it. */
export function bracketOf(event: Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'ctrlKey' | 'metaKey'>, typing: boolean): 'start' | 'end' | null {
  const { altKey, ctrlKey, metaKey } = event
  const meant = typing ? altKey && !ctrlKey && !metaKey : !altKey || ctrlKey
  if (!meant) return null
  if (event.key === '[' || event.key === ']') return event.key === '[' ? 'start' : 'end'
  return event.code === 'BracketLeft' ? 'start' : event.code === 'BracketRight' ? 'end' : null
}
