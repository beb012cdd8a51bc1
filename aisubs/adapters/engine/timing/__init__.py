"""What plugs of the engine port share: times of a window's shortened sound put back into the recording, and words put
into segments."""
