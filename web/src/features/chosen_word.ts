/** The word that one is at: clicked, doubtful or found. Writing begins there. */
export interface ChosenWord {
  /** Its paragraph. */
  id: string
  /** Its place in the text of that, [from, to), in UTF-16 units. */
  from: number
  to: number
}
