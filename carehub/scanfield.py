"""The question for a scan: a file comes in, and what the pipeline made of it comes out."""

from typing import Any

from django import forms

from carehub.files import pipeline
from carehub.files.refusals import Refused


class ScanField(forms.FileField):
    """A photograph or scan of a signed sheet."""

    widget = forms.FileInput

    def clean(self, data: Any, initial: Any = None) -> pipeline.CleanFile | None:
        if not data:
            return None
        try:
            return pipeline.accept(data, purpose="scan")
        except Refused as no:
            raise forms.ValidationError(no.reason, code=no.code) from None
