"""What is asked when a client is put on a pathway, and when it ends."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from carehub import clock
from carehub.definitions.catalogue import catalogue
from carehub.formfields import OneOf, Text
from carehub.forms import CareHubForm
from clients.pathways import Pathway


class AttachForm(CareHubForm):
    pathway = OneOf(label=_("Which pathway?"), missing=_("Choose a pathway"), small=True)
    because = Text(label=_("Why?"), help_text=_("For whoever reads it later."), max_length=300, missing=_("Say why they are on it"))

    def __init__(self, *args: Any, offered: list[Pathway], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["pathway"].choices = [(each.name, each.title) for each in offered]


class EndForm(CareHubForm):
    how = OneOf(label=_("How did it end?"), missing=_("Say how it ended"))
    words = Text(label=_("Anything else"), max_length=300, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["how"].choices = [(code.value, code.text) for code in catalogue().codes_on("pathway-endings", clock.today()).codes]
