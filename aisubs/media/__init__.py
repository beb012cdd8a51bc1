"""Untrusted bytes become windows of speech: probe, decode, detect voice, cut into windows. Nothing here knows a cloud.

The door is `aisubs.media.front.read_windows`; `aisubs.media.probe.probe` answers what a file is without decoding it.
Bytes only ever reach FFmpeg through `RangeFile`, as one of the container formats named in `container.py`.
"""
