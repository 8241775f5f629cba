"""Works out as whom the signed-in person acts, and tells the database."""

from carehub import context
from carehub.actors import Actor

#: Session key: the membership a person with several has chosen.
CHOSEN = "membership"


class ActingPerson:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = None
        if request.path.startswith(("/static/", "/health")):
            return self.get_response(request)
        request.actor = acting_person(request)
        if request.actor is None:
            context.clear()
        else:
            context.acting_as(request.actor, reference=request.reference)
        return self.get_response(request)


def acting_person(request) -> Actor | None:
    """The person in the membership they chose, or their first; None where nobody is signed in or their last one has ended."""
    person = request.user
    if not person.is_authenticated:
        return None
    memberships = person.open_memberships
    if not memberships:
        return None
    chosen = request.session.get(CHOSEN)
    membership = next((each for each in memberships if str(each.pk) == chosen), memberships[0])
    return Actor(person, membership)
