"""One recording into text: windows, batches, languages, doubts and what is done about them, and the checkpoint."""
