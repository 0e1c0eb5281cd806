"""What the server knows of runs, and how it reaches the pages that watch them."""
