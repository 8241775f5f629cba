"""The plan's pages as forms: writing, starting, signing."""
