"""A rule that says no in a sentence. Written once; the button, the action and the test all use it."""


class Refused(Exception):
    """What was asked cannot be done, and why. ``fields`` names the form's fields the sentences belong beside."""

    def __init__(self, message: str, *, fields: dict[str, list[str]] | None = None):
        super().__init__(message)
        self.message, self.fields = message, fields or {}
