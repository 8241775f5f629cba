"""The gallery's pages stand, every page carries what it must, and the error page needs no database."""

import pytest
from django.template import loader
from django.test import override_settings

from carehub.views.gallery import PAGES


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands(client, db, page):
    answer = client.get(f"/gallery/{page}/")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert html.count("<h1") == 1
    assert '<main id="main"' in html
    assert 'href="#main"' in html
    assert "Demonstration data" in html


def test_there_is_none_outside_the_demonstration(client, db):
    with override_settings(DEMO=False, DEBUG=False):
        assert client.get("/gallery/").status_code == 404


def test_the_page_for_our_own_faults_needs_nothing():
    page = loader.get_template("500.html").render({"reference": "K7QM3HRT"})
    assert "K7QM3HRT" in page
    assert "Nothing was saved by halves" in page


def test_the_client_sees_nothing_but_their_plan(signed_in, keyworker):
    # What waits in the template of the locked screen is not before them.
    html = signed_in(keyworker).get("/gallery/quiet/").content.decode().split("<template")[0]
    for away in ("masthead", "navigation", "search", "client-banner", keyworker.person.name, "Notices"):
        assert away not in html.replace("data-shortcuts", "")


def test_the_frame_knows_who_is_here(signed_in, keyworker):
    html = signed_in(keyworker).get("/gallery/today/").content.decode()
    assert keyworker.person.name in html
    assert "Register a client" in html
    assert 'action="/sign-out/"' in html


def test_style_and_script_stay_small():
    """Over the wire, compressed: all of it at once stays under 100 KB (docs: promises)."""
    import gzip
    from pathlib import Path

    from django.conf import settings

    static = Path(settings.BASE_DIR) / "static"
    files = [each for kind in ("css", "js") for each in static.rglob(f"*.{kind}")]
    assert sum(len(gzip.compress(each.read_bytes(), 6)) for each in files) < 100_000
    # The rest of the wire: a page of the gallery that shows every part once is no measure; a work list is.
