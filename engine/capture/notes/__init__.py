"""What a step did: noted as it runs, and read beside the notes of another call."""
