"""The life of one job, one file per step. Plain functions that take ports as arguments.

offer_upload      a browser announces a recording: checks, job row, resumable upload URL
receive_upload    the recording is complete in the store: look at it, then row `pending`, then wake the dispatcher
dispatch_job      woken: is something startable and a slot free? then start one worker
work              the worker: claim, transcribe, publish, take the next job
  transcribe_job    recording -> windows -> segments -> rows, checkpoint after each batch (transcribe/)
  assign_speakers   who said which words (speakers/)
  heartbeat         "still alive", from a thread of its own
  write_results     saved windows -> srt, vtt, json, txt -> published by the fenced complete_job
  mirror_results    ... and put beside the dropped file
  send_pushes       browsers that asked for it are told that the job is over
read_transcript   what the machine wrote, or what people made of it
  results           ... as a file in any format
  shape_cues        ... as subtitles with the rules they break
revise_transcript people correct the text: a new revision each time
recover_jobs      workers that died: back in line, or failed after the third time
sweep             everything that a lost message or a crash could leave behind
expire_jobs       after 168 hours objects and rows go
jobs              the job book: one method per SQL function; no step writes a status itself
"""
