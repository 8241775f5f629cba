"""Works out as whom the signed-in person acts, and tells the database. Who is signed in and may not act yet, acts as nobody."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from carehub import context, drafts, events
from carehub.actors import Actor
from carehub.guards import LOCKED, NO_SECOND_FACTOR
from carehub.signing_in import screen_lock, second_factor, turned_screen

#: Session key: the membership a person with several has chosen.
CHOSEN = "membership"
#: They look at a ticket themselves, whatever role its page was opened in.
OF_DRAFTS = ("draft-save", "draft-discard")
#: A page asks here whether it is still open: nobody's doing, which keeps nothing open.
NOT_USED_BY = ("GET", "/screen/state/")


class ActingPerson:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = request.signed_in_as = None
        request.shut = ""
        if request.path.startswith(("/static/", "/health")):
            return self.get_response(request)
        request.signed_in_as = acting_person(request)
        if request.signed_in_as is not None:
            request.shut = why_shut(request)
        if not request.shut:
            request.actor = request.signed_in_as
        if request.actor is None:
            context.clear()
        else:
            context.acting_as(request.actor, reference=request.reference)
        return self.get_response(request)

    def process_view(self, request, view, positional, keys) -> HttpResponse | None:
        """No form that was opened in another role; while the client sees the screen, no page that is for the keyworker's eyes."""
        if request.actor is not None and request.resolver_match.view_name not in OF_DRAFTS:
            drafts.must_be_in_its_role(request, request.actor)
        if request.actor is None or not turned_screen.hides(request, view, keys):
            return None
        drafts.keep_what_was_typed(request)
        return turned_screen.turned_away(request.get_full_path() if request.method == "GET" else drafts.form_address(request))


def acting_person(request: HttpRequest) -> Actor | None:
    """The person in the membership they chose, or their first; None where nobody is signed in or their last one has ended."""
    person = request.user
    if not person.is_authenticated:
        return None
    if screen_lock.state(request) is screen_lock.State.OVER:
        memberships = person.open_memberships
        events.record("signed-out", by=Actor(person, memberships[0]) if memberships else None, subject=person, reason="12 hours")
        logout(request)
        return None
    memberships = person.open_memberships
    if not memberships:
        return None
    chosen = request.session.get(CHOSEN)
    membership = next((each for each in memberships if str(each.pk) == chosen), memberships[0])
    return Actor(person, membership)


def why_shut(request: HttpRequest) -> str:
    """Costs no query: both stand in the session."""
    if screen_lock.state(request) is screen_lock.State.LOCKED:
        return LOCKED
    if (request.method, request.path) != NOT_USED_BY:
        screen_lock.used(request)
    if settings.SECOND_FACTOR_REQUIRED and not request.session.get(second_factor.HAS_ONE):
        return NO_SECOND_FACTOR
    return ""
