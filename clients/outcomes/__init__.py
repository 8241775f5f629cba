"""The outcome profile: when it is due, and what has changed since the start of treatment."""
