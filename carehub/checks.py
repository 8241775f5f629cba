"""What is looked at before CareHub starts: definitions, and a database that may be used in earnest."""

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from carehub import database
from carehub.definitions.checks import definitions_can_be_read


def register_all() -> None:
    checks.register(definitions_can_be_read)
    checks.register(demonstration, checks.Tags.database)


def demonstration(app_configs, databases=None, **kwargs):
    if not databases or "default" not in databases:
        return []
    try:
        problem = database.no_demonstration_in_earnest()
    except (DatabaseError, ImproperlyConfigured) as error:
        return [checks.Error(str(error), id="carehub.E002")]
    return [checks.Error(problem, id="carehub.E001")] if problem else []
