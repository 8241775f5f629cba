"""What is said when a definition cannot be used."""

from pathlib import Path


class DefinitionError(Exception):
    """A definition file is wrong: which file, which line, and how to mend it."""

    def __init__(self, file: Path | str, line: int, reason: str, keys: tuple[str | int, ...] = ()) -> None:
        self.file = Path(file)
        self.line = line
        self.reason = reason
        #: The same place as keys from the top of the file down: ("section", 0, "question", 2, "text").
        self.keys = keys
        super().__init__(f"{self.file}, line {line}: {reason}")


class UnknownDefinition(LookupError):
    """Somebody asks for a form, list or rule that the catalogue does not hold."""
