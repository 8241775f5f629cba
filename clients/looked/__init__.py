"""The log, read back: who has looked at whom, and what of it is unusual."""
