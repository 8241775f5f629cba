"""How many assessments are open on a form, for whoever publishes its next edition: numbers, and not whose they are."""

from django.db import connection

from carehub.form_editions import counts_open


@counts_open
def open_drafts(form: str) -> dict[tuple[int, int], int]:
    """(version, edition) → how many drafts are open on it, in the partnership that acts. An administrator reaches no client."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version, edition, number FROM clients_open_drafts(%s)", [form])
        return {(version, edition): number for version, edition, number in cursor.fetchall()}
