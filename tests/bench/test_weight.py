"""The speed table's row of what crosses the wire: style sheets and scripts, all that there are; pages are weighed where they are read."""

import gzip
import json
import re

import pytest
from django.urls import reverse

from tests.bench.asking import Ask, send

pytestmark = pytest.mark.bench
#: Bytes, compressed, of every style sheet and script of every page together.
HEAVIEST = 100_000
_LINKED = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"')


def test_style_and_script(house, report):
    keyworker, clients = house.treating
    cookies = house.signed_in(keyworker)
    pages = ["/caseload/", reverse("client-find"), reverse("client-register"), *(reverse("client", args=[each]) for each in clients[:1])]
    linked = {path for page in pages for path in _LINKED.findall(house.get(page, cookies).text)}
    linked |= set(_LINKED.findall(house.get("/sign-in/", {}).text))
    weights = {}
    for path in sorted(linked | _all_of_ours(linked)):
        gzipped, best = (send(house.port, Ask(path), encodings=each) for each in ("gzip", "gzip, br"))
        assert gzipped.headers.get("content-encoding") == "gzip" or len(gzipped.body) < 1000, path
        assert "immutable" in gzipped.headers["cache-control"], path
        weights[path] = (len(gzipped.body), len(best.body))
    whole = [sum(each) for each in zip(*weights.values(), strict=True)]
    figures = {"files": len(weights), "gzip kB": whole[0] / 1000, "brotli kB": whole[1] / 1000, "allowed kB": HEAVIEST / 1000}
    report(json.dumps({"style sheets and scripts, all": figures}))
    for path, (gzipped, best) in sorted(weights.items(), key=lambda each: -each[1][0]):
        print(f"{gzipped:>8} {best:>8} {path}")
    assert whole[0] <= HEAVIEST


def _all_of_ours(linked: set[str]) -> set[str]:
    """Those of pages that were not opened here: whatever of ours and of static/vendor was collected."""
    from django.conf import settings
    from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

    manifest = ManifestStaticFilesStorage(location=settings.STATIC_ROOT, base_url="/static/").hashed_files
    folders = ("css/", "js/", "vendor/")
    return {f"/static/{named}" for plain, named in manifest.items() if plain.startswith(folders) and plain.endswith((".css", ".js"))}


def test_a_page_says_that_it_is_compressed(house):
    answer = house.get("/caseload/", house.signed_in(house.treating[0]))
    assert answer.headers["content-encoding"] == "gzip"
    assert len(gzip.decompress(answer.body)) > len(answer.body)
