/** What went wrong and what to do, by the codes of aisubs/model/error_table.py. For others the server's sentence stands, which
 *  is English: only other languages have words for those (`AsTheServerSays`). */
export const errorsEn = {
  not_media: 'This file is not audio or video that can be read. Choose the original recording.',
  not_supported: 'This kind of recording is not supported. Convert it to MP4, MP3 or WAV first.',
  no_audio: 'No sound was found in this file. Check that it has an audio track.',
  no_such_track: 'This recording has no such audio track. Choose another one, or leave the choice to us.',
  empty_file: 'This file is empty. Choose another one.',
  too_big: 'This file is larger than this server takes. Export the sound alone, or split it.',
  too_long: 'This recording is longer than this server takes. Split it into parts.',
  too_many_streams: 'This file holds too many tracks. Export it with one video and one audio track.',
  truncated: 'This recording is incomplete. Upload it again.',
  damaged: 'This recording is damaged and cannot be read to its end. Choose another copy.',
  source_gone: 'The recording was deleted before it was transcribed. Upload it again.',
  bad_name: 'This file name cannot be used. Rename the file and try again.',
  size_mismatch: 'The file changed while it was uploaded. Upload it again.',
  upload_gone: 'This upload has ended on the server. Start it again.',
  upload_expired: 'The upload was not finished in time. Start it again.',
  upload_cancelled: 'The upload was cancelled.',
  upload_refused: 'The store refused the upload. Try again.',
  queue_full: 'The system is busy. Try again in a few minutes.',
  day_used_up: 'All recordings that may be sent from here today are used up. More may be sent after midnight (UTC).',
  bytes_used_up: 'This recording is more than is left of the bytes of today. They return at midnight (UTC).',
  minutes_used_up: 'Too few audio minutes are left of this month. They return on the first of the next one (UTC).',
  stopped: 'Whoever runs this server has stopped this job.',
  too_many_uploads: 'Too many files are being uploaded already. This one begins when another is done.',
  origin_refused: 'This page may not use the server. Tell whoever runs it.',
  push_unavailable: 'This server sends no notifications.',
  signed_out: 'You are signed out here. Sign in again.',
  sign_in_unavailable: 'Nobody can sign in on this server.',
  keep_unavailable: 'This server cannot keep jobs for longer.',
  host_unknown: 'The server does not know itself by this name. Whoever runs it adds the name to ALLOWED_HOSTS.',
  job_not_found: 'There is no such job, or it has been deleted.',
  read_only: 'This link only allows reading. Ask whoever sent it to you for changes.',
  share_over: 'This link no longer works. Ask whoever sent it to you for a new one.',
  too_many_shares: 'This job has too many links already. Revoke one first.',
  recording_gone: 'The recording was deleted from the server. Choose your own copy to listen.',
  recording_not_shared: 'This link is for the text only. The recording was not shared.',
  superseded: 'A newer version of this file was dropped and took its place.',
  taken_back: 'The file was taken out of the inbox before its turn. Put it back, and it is taken again.',
  not_cancellable: 'This job is being processed and runs to its end.',
  already_over: 'This job is over already, so there is nothing left to cancel.',
  not_retryable: 'Only a failed or cancelled job can be tried again.',
  not_finished: 'This job is not finished yet.',
  revision_conflict: 'The text was changed meanwhile, in another tab or by somebody else. Load it again.',
  revision_not_found: 'This revision of the text is not kept any more.',
  illegal_move: 'That is not possible in the present state of the job.',
  incomplete: 'The transcript did not cover the whole recording, so it was not published. Try again.',
  no_progress: 'The job was stopped twice without getting any further. Try again later.',
  worker_died: 'The machine stopped several times, most likely for lack of memory. Try again later.',
  worker_start: 'No machine could be started for this job.',
  engine_failed: 'The speech model failed on this recording. Try again.',
  out_of_memory: 'The memory of the machine is too small for the speech model. A smaller model needs less. Tell whoever runs this server.',
  model_missing: 'The speech model could not be loaded. Tell whoever runs this server.',
  no_diarizer: 'This server cannot tell speakers apart yet. Its owner fetches what it takes: aisubs models download speakers.',
  diarizer_failed: 'Telling the speakers apart failed on this recording.',
  speakers_not_kept:
    'Nothing that tells speakers apart was kept of this recording. Send it again and ask for its speakers.',
  speakers_by_track: 'Each person of this recording has an audio track or a channel of their own. Who speaks is known from that.',
  no_model: 'This server has no speech model yet. Nothing can be transcribed until it has one.',
  unknown_model: 'There is no speech model of this name on the server.',
  model_not_ours: 'Somebody else put this speech model there, so it stays.',
  database_unavailable: 'The server cannot reach its database. Try again shortly.',
  store_unavailable: 'The server cannot reach its file store. Try again shortly.',
  internal: 'Something went wrong on the server. It has been recorded. Try again.',
  offline: 'The server does not answer. Check the network and try again.',
  bad_answer: 'The server gave an answer that this page does not understand. Reload the page.',
  page_fault: 'Something went wrong in this page. Reload it.',
}

export type AsTheServerSays =
  | 'sign_in_refused'
  | 'sign_in_required'
  | 'not_allowed'
  | 'not_admin'
  | 'identity_unavailable'
  | 'key_refused'
  | 'key_scope'
  | 'bad_script'
  | 'script_elsewhere'
  | 'no_alignment'
  | 'script_gone'
  | 'key_reused'
  | 'too_many_keys'
  | 'unauthorized'
  | 'history_not_shared'
  | 'link_expired'
  | 'not_found'
  | 'object_not_found'
  | 'unreadable'
  | 'bad_language'
  | 'bad_format'
  | 'voices_owner'
  | 'diarizer_off'
  | 'diarizer_unusable'
  | 'speakers_not_fetched'
  | 'no_capacity'
  | 'too_busy'
  | 'queue_unavailable'
  | 'runner_unavailable'
  | 'no_translator'
  | 'translator_unusable'
  | 'translator_key'
  | 'translator_refused'
  | 'translator_busy'
  | 'translator_unavailable'
  | 'translator_garbled'
  | 'translation_budget'
  | 'engine_unusable'
  | 'engine_key'
  | 'engine_refused'
  | 'engine_busy'
  | 'engine_unavailable'
  | 'engine_budget'
  | 'no_such_pair'
  | 'translation_not_found'
  | 'translation_edited'
  | 'too_many_translations'
  | 'cannot_mux'
  | 'no_ffmpeg'
  | 'no_picture'
  | 'no_copies'
  | 'too_many_copies'
  | 'copies_waiting'
  | 'copy_memory'
  | 'copy_disk'
  | 'copy_died'
