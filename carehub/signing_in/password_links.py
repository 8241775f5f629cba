"""Links with which somebody sets a password: good for three days, once. Nothing is kept: the link signs itself.

It ends when the password is set (the hash is part of what it signs), when its person signs in, when they leave, and after
PASSWORD_RESET_TIMEOUT.
"""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse

from carehub import clock
from carehub.models import Person


def link(person: Person) -> str:
    """The whole address of the page on which ``person`` sets a password, for a mail to them and for nobody else."""
    token = f"{person.pk.hex}-{default_token_generator.make_token(person)}"
    return settings.PUBLIC_ADDRESS.rstrip("/") + reverse("password-link", args=[token])


def whose(token: str) -> Person | None:
    """Whose link this is. None where it has run out, was used, or never was one: no answer tells which."""
    key, _, proof = token.partition("-")
    try:
        person = Person.objects.filter(pk=UUID(key), is_active=True).first()
    except ValueError:
        return None
    if person is None or not default_token_generator.check_token(person, proof):
        return None
    return person if person.memberships.not_over(clock.today()).exists() else None
