"""What is looked at before CareHub starts: definitions, and a database that may be used in earnest."""

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

from carehub import database
from carehub.definitions.checks import definitions_can_be_read


def register_all() -> None:
    checks.register(definitions_can_be_read)
    checks.register(demonstration, checks.Tags.database)


def stop_unless_fit() -> None:
    """For web, worker and beat, whose databases Django does not check by itself: one that will not do is the end, in a sentence."""
    found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    # A web process forks after this; a connection must not be shared.
    connections.close_all()
    if serious := [" ".join(str(each.msg).split()) for each in found if each.is_serious()]:
        raise SystemExit("\n".join(serious))


def demonstration(app_configs, databases=None, **kwargs):
    if not databases or "default" not in databases:
        return []
    try:
        problem = database.no_demonstration_in_earnest()
    except (DatabaseError, ImproperlyConfigured) as error:
        return [checks.Error(str(error), id="carehub.E002")]
    return [checks.Error(problem, id="carehub.E001")] if problem else []
