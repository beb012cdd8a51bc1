"""Models in the format of whisper.cpp: what a file of it holds, and how one is made of CTranslate2's."""
