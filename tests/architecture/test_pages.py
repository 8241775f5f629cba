"""Every page says who may open it."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import UUIDConverter

from carehub import urls
from carehub.permissions import PERMISSIONS, ROLES

#: Pages that anybody may open. Nothing else may; a page that stands here and is gone fails too.
WITHOUT_SIGN_IN = {
    "organisation",
    "organisation-back",
    "health",
    "account_login",
    "account_logout",
    "account_signup",
    "account_reset_password",
    "account_inactive",
    "account_email",
    "password-link",
    "password-set",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_list_webauthn",
    "document-check",
    "refer",
    "gallery",
    "gallery-page",
}
#: Parts of an address that are no keys: random tokens, a form, its sections and questions (the same for every client), a page of the
#: gallery.
READABLE = {
    *(
        (f"form-{page}", "form")
        for page in ("show", "preview", "blank", "publish", "discard", "history", "audit", "section-add", "question-add")
    ),
    *((f"form-question{page}", part) for page in ("", "-retire", "-again") for part in ("form", "question")),
    ("form-question-add", "section"),
    ("document-check", "token"),
    ("password-link", "token"),
    ("refer", "token"),
    ("client-found", "token"),
    ("assessment-edit", "section"),
    ("assessment-start", "form"),
    ("form-paper", "form"),
    ("gallery-page", "page"),
    ("pathway-show", "name"),
    ("local-setting-change", "setting"),
}


def pages(patterns=None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from pages(each.url_patterns, prefix + str(each.pattern))
        else:
            yield prefix + str(each.pattern), each


PAGES = list(pages())


@pytest.mark.parametrize(("address", "page"), PAGES, ids=[address or "/" for address, _ in PAGES])
def test_it_declares_its_rule(address, page):
    rule = getattr(page.callback, "rule", None)
    assert rule, f"{address}: guard it with @requires(…), @signed_in or @no_sign_in(…)"
    assert page.name, f"{address} has no name"
    if rule.startswith("no sign-in"):
        assert page.name in WITHOUT_SIGN_IN, f"{address} may be opened by anybody: {rule}"
        assert len(rule) > len("no sign-in: ") + 5, "say why"
    else:
        assert rule.startswith("signed in") or rule in PERMISSIONS, rule
        assert page.name not in WITHOUT_SIGN_IN, f"{page.name} asks for a sign-in: take it off the list"


@pytest.mark.parametrize(("address", "page"), PAGES, ids=[address or "/" for address, _ in PAGES])
def test_nothing_readable_stands_in_its_address(address, page):
    for name, converter in page.pattern.converters.items():
        assert isinstance(converter, UUIDConverter) or (page.name, name) in READABLE, f"{address}: {name} is no key"
    assert "(?P" not in address, f"{address}: write it with path()"


def test_the_list_of_open_pages_holds_nothing_else():
    assert not WITHOUT_SIGN_IN - {page.name for _, page in PAGES}


def test_names_are_given_once():
    """Twice only for the same page with and without a part of its address."""
    views = {}
    for _, page in PAGES:
        views.setdefault(page.name, set()).add(page.callback)
    assert not {name for name, callbacks in views.items() if len(callbacks) > 1}


def test_error_pages_declare_theirs():
    for code in ("400", "403", "404", "500"):
        module, name = getattr(urls, f"handler{code}").rsplit(".", 1)
        assert getattr(import_module(module), name).rule.startswith("no sign-in")


def test_every_role_has_its_first_page():
    names = {page.name: page.callback.rule for _, page in PAGES}
    for role in ROLES.values():
        assert role.home in names, f"{role.name} begins on '{role.home}', which does not exist"
        rule = names[role.home]
        assert rule == "signed in" or rule in role.permissions, f"{role.name} may not open its own first page"


def test_no_page_of_others_and_no_admin():
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert all(
        page.callback.__module__.split(".")[0] in ("carehub", "clients", "careplans", "audits", "reports", "allauth") for _, page in PAGES
    )


def test_forms_are_protected():
    """No view switches the protection of forms off."""
    assert "django.middleware.csrf.CsrfViewMiddleware" in settings.MIDDLEWARE
    assert not [address for address, page in PAGES if getattr(page.callback, "csrf_exempt", False)]


def test_the_transaction_stands_outside_whatever_reads_the_database():
    order = settings.MIDDLEWARE.index
    owner = order("carehub.middleware.transaction.RequestTransaction")
    assert order("carehub.middleware.reference.RequestReference") == 0
    for inside in (
        "sessions.middleware.SessionMiddleware",
        "auth.middleware.AuthenticationMiddleware",
        "messages.middleware.MessageMiddleware",
    ):
        assert owner < order(f"django.contrib.{inside}")
    assert settings.MIDDLEWARE[-1] == "carehub.middleware.actor.ActingPerson", "views run with the context set"
    assert not settings.DATABASES["default"]["ATOMIC_REQUESTS"]
