"""What people decide about captions, as a layer over the words: cues stay made of words, whatever the words become.

overrides.py    what is decided at one word: a break, a pinned time, italics, a place on the screen
own_cues.py     cues without words of the text: a sound, music, what is written in the picture
operations.py   what people do to captions, and what undoes it
draft.py        the operations at work on a document
carry.py        which overrides a word keeps when the paragraph around it is written anew
"""
