"""Recordings that lie on the web: brought by yt-dlp in a process of its own, one after the other."""
