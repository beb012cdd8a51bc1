import type { PlayerHandle } from '../player_handle.ts'

/** What changing captions asks of the player: where it is, and to be told. */
export interface FollowedPlayer extends PlayerHandle {
  readonly ms: number
  follow: (follower: (ms: number) => void) => () => void
}
