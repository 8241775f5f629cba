"""Signing in and out, by django-allauth; each of its pages that we open stands here with its rule, the others stay shut."""

from allauth.account import views as allauth
from django.http import Http404, HttpRequest, HttpResponse

from carehub.guards import no_sign_in

login = no_sign_in("the sign-in page")(allauth.LoginView.as_view())
logout = no_sign_in("ends one's own session")(allauth.LogoutView.as_view())


@no_sign_in("does not exist: an administrator makes accounts")
def shut(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """allauth asks for the addresses of these pages even where they are closed."""
    raise Http404
