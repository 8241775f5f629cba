"""What changes how somebody signs in."""

from django.db import transaction

from carehub import events
from carehub.models import Person, Session


@transaction.atomic
def set_password(*, person: Person, password: str) -> None:
    """By the holder of a link from a mail. Whoever was signed in as this person is so no longer."""
    person.set_password(password)
    person.save(update_fields=["password"])
    Session.objects.filter(person_id=person.pk).end()
    events.record("password.set", by=None, subject=person)
