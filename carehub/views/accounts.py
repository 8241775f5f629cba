"""Signing in and out, by django-allauth; each of its pages that we open stands here with its rule, the others stay shut."""

from allauth.account import views as allauth
from django.contrib.auth import logout as leave
from django.http import Http404, HttpRequest, HttpResponse

from carehub.guards import no_sign_in

_login = allauth.LoginView.as_view()


@no_sign_in("the sign-in page")
def login(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in and has no role any more comes here from every page: their session ends, or they would go round for ever."""
    if request.user.is_authenticated and request.signed_in_as is None:  # type: ignore[attr-defined]
        leave(request)
    return _login(request)


logout = no_sign_in("ends one's own session")(allauth.LogoutView.as_view())


@no_sign_in("does not exist: an administrator makes accounts")
def shut(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """allauth asks for the addresses of these pages even where they are closed."""
    raise Http404
