from django.db import models

from carehub.models.base import ClientRecord


class AboutClient(ClientRecord):
    """A row about a client, in this app or above it."""

    client = models.ForeignKey("clients.Client", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
