"""One step of the start, in a process of its own: the database checked, its tables made by their owner, the demonstration loaded.

Alone among the launcher's children it is given DATABASE_OWNER_URL.
"""

import io
import os

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connections

from carehub.embedded.progress import step


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carehub.settings")
    django.setup()
    try:
        for name, variable in (("owner", "DATABASE_OWNER_URL"), ("default", "DATABASE_URL")):
            try:
                connections[name].ensure_connection()
            except OperationalError as error:
                raise SystemExit(f"The database does not answer: {' '.join(str(error).split())}. Check {variable}.") from None
        with step("tables"):
            call_command("migrate", database="owner", interactive=False, verbosity=0)
            call_command("createcachetable", database="owner", verbosity=0)
        load_demonstration()
        make_seals()
    except (ImproperlyConfigured, CommandError) as error:
        raise SystemExit(str(error)) from None


def load_demonstration() -> None:
    """Once; and again, changing nothing, where the list of sign-ins is missing (another data folder on the same database)."""
    from django.conf import settings

    from carehub.models import Partnership

    if not settings.DEMO:
        return
    loaded = Partnership.objects.using("owner").filter(is_demo=True).exists()
    if not loaded:
        with step("demonstration partnership"):
            call_command("load_demo", verbosity=0)
    elif not (settings.VAR / "sign-ins.txt").exists():
        call_command("load_demo", verbosity=0)


def make_seals() -> None:
    """Each partnership seals its documents with a certificate of its own; one that exists is left alone."""
    from carehub.models import Partnership

    if Partnership.objects.using("owner").exists():
        call_command("make_certificate", stdout=io.StringIO())


if __name__ == "__main__":
    main()
