"""The start-up check: every definition can be read, or the program says which file is wrong, on which line, and why."""

from typing import Any

from django.core import checks

from carehub.definitions.catalogue import folders
from carehub.definitions.load import read_folders


def definitions_can_be_read(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    _found, errors = read_folders(folders())
    return [checks.Error(str(error), id="carehub.E010") for error in errors]
