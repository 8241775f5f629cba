"""Finding a client: references, searching, and names that are written otherwise than they sound."""
