"""A form to fill in by hand, as an accessible PDF: made once for each version of a form in the background, and kept.

Nothing about anybody stands on it: the reference is written by hand.
"""

from uuid import UUID, uuid5

from django.template.loader import render_to_string

from carehub import jobs
from carehub.actors import Actor
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.schema import Form
from carehub.definitions.show import blank
from carehub.documents.render import render
from carehub.files import store
from carehub.form_editions import forms_for
from carehub.models import Job

KIND = "form.paper"
#: What the keys of papers are made from; any key would do, as long as it stays.
_PAPERS = UUID("5d0d9b6e-1f0a-4a59-8f0e-2c1f8a3f5b11")


def key_of(form: Form, partnership_id: UUID) -> UUID:
    """The same form and wording: the same paper."""
    return uuid5(_PAPERS, f"{partnership_id}/{form.name}/{form.version}/{fingerprint(form)}")


def asked_for(form: Form, by: Actor) -> Job:
    """The job that makes it, or has made it; in the request's transaction.

    It is made for ``by``: without somebody who acts the partnership's editions are out of reach, and they stand on the paper too.
    Where it failed (whoever asked first has left), it is tried again.
    """
    job = jobs.enqueue(kind=KIND, subject=key_of(form, by.partnership_id), by=by)
    if job.state == Job.State.FAILED:
        jobs.retry(job, by=by)
    return job


def made(job: Job) -> bytes | None:
    """The PDF, once it is made."""
    return store.get(job.result["sha256"]) if job.state == Job.State.DONE else None


def to_pdf(form: Form) -> bytes:
    html = render_to_string("print/blank_form.html", {"form": form, "sections": blank(form)})
    return render(html, identifier=f"{form.name}-{form.version}-{fingerprint(form)[:16]}")


@jobs.handler(KIND)
def make(job: Job) -> dict:
    form = next((each for each in forms_for(job.partnership_id) if key_of(each, job.partnership_id) == job.subject_id), None)
    if form is None:
        # A newer edition was published between asking and making: that one is asked for next time.
        raise LookupError("the form has a newer wording")
    return {"sha256": store.put(to_pdf(form))}
