"""What the answers say, put where a person reads it before they answer: above the question that is decided by it."""

from dataclasses import replace

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from carehub.definitions.schema import Section
from clients.assessed.findings import Says, beside_the_client

#: What is decided in the light of all of it, and in the light of the indications alone (Question.fills).
_SOON, _FURTHER = "urgency", "comprehensive"


def is_decided_in(section: Section) -> bool:
    """Something in it is decided in the light of what the answers say."""
    return any(question.fills in (_SOON, _FURTHER) for question in section.questions)


def says_before(section: Section, says: Says) -> dict[str, SafeString]:
    """Question → what stands above it, of the questions of ``section`` that are decided by it. Never printed.

    What is for today stands on top of the page already; what others have said is folded: a client may sit beside the screen.
    """
    deciding = {question.fills: question.id for question in section.questions if question.fills in (_SOON, _FURTHER)}
    shared, private = beside_the_client(says)
    found = {}
    for fills, question in deciding.items():
        soon = fills == _SOON
        indications = bool(says.indications) and (not soon or _FURTHER not in deciding)
        kept = replace(private, indications=private.indications if indications else ()) if soon else _indications_of(private)
        found[question] = render_to_string(
            "clients/says_before.html",
            {
                "question": question,
                "heading": _("What the answers say") if soon else _("What speaks for it"),
                "says": replace(shared, today=()),
                "private": kept if kept.number else None,
                "found": soon,
                "indications": indications,
            },
        )
    return found


def _indications_of(private: Says) -> Says:
    return replace(private, risks=(), today=(), proposals=(), priority=(), drop_out=())
