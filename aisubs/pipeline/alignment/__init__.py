"""A script for a recording: its words are found among those that were heard, and then put on the sound.

`matching` compares words, `plan` says which words belong to which stretch of sound, `align_script` has the engine time
them, window by window, and `placing` deals with subtitles that have no words in the sound.
"""
