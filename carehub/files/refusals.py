"""Why an upload was refused, in words for the person who tried."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy

REASONS = {
    "empty": gettext_lazy("The file is empty. Choose it again, or scan the page again."),
    "too-large": gettext_lazy("The file has %(have)s MB; %(most)s MB is the most. Scan it in black and white or at a lower resolution."),
    "unknown": gettext_lazy("This is not a picture or a PDF. Bring a JPEG, PNG or WebP picture, or a PDF."),
    "not-wanted": gettext_lazy("This is %(kind)s, which cannot be taken. Bring %(wanted)s."),
    "heic": gettext_lazy("This is a photograph in Apple's HEIC form, which cannot be read here. Save or send it as a JPEG."),
    "virus": gettext_lazy("The virus scanner found something in this file, so it was not taken. Tell whoever looks after your computer."),
    "not-checked": gettext_lazy("The virus scanner does not answer, so nothing is taken in now. Try again later; what you typed is kept."),
    "damaged": gettext_lazy("The file is damaged or not complete. Scan or photograph the page again."),
    "too-many-pixels": gettext_lazy("The picture has %(have)s million dots; %(most)s million is the most. Scan it at a lower resolution."),
    "too-small": gettext_lazy("The picture is too small to show anything. Scan or photograph the page again."),
    "moving": gettext_lazy("This is a moving picture. Bring a photograph or a scan."),
    "locked": gettext_lazy("The PDF is locked with a password. Save it without one and bring it again."),
    "no-pages": gettext_lazy("The PDF has no page."),
    "too-many-pages": gettext_lazy("The PDF has %(have)s pages; %(most)s is the most. Bring only the pages that are needed."),
    "too-hard": gettext_lazy("The file takes too long to read, or too much memory. Scan or photograph the page again."),
}


@dataclass
class Refused(Exception):
    """An upload that is not taken. ``code`` is a key of REASONS; ``numbers`` (and words) fill its sentence."""

    code: str
    numbers: dict[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """One or two sentences in the reader's language: what is wrong, and what to do."""
        return REASONS[self.code] % self.numbers

    def __str__(self) -> str:
        return self.reason
