"""Taking the work home: scripts that repeat a run, the archive that repeats it exactly, and the proof."""
