"""Every link between our documents leads somewhere; every guide is linked; pictures are there, small, and used."""

import re
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from urllib.parse import unquote

import pytest

from carehub.embedded.folders import ROOT

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|(?:src|href)=\"([^\"]+)\"")
LARGEST_PICTURE = 150 * 1024


def documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def without_code(text: str) -> str:
    """Fenced blocks and inline code hold examples, not links."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def links(document: Path) -> list[str]:
    return [one or other for one, other in LINK.findall(without_code(document.read_text()))]


def headings(document: Path) -> set[str]:
    """The anchors that a reader's site makes of its headings: lower case, spaces to hyphens, other signs gone."""
    found = re.findall(r"^#{1,6} +(.+)$", re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-") for heading in found}


DOCUMENTS = documents()


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_its_links_lead_somewhere(document):
    for link in links(document):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), f"{link}: nothing there"
        assert target.is_relative_to(ROOT), f"{link}: leads out of the project"
        if anchor and target.suffix == ".md":
            assert anchor in headings(target), f"{link}: no such heading"


@pytest.mark.parametrize("folder", ["guides", "decisions", "operations", "safety"])
def test_every_document_is_in_its_index(folder):
    index = ROOT / "docs/README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    for document in (ROOT / "docs" / folder).glob("*.md"):
        assert document in linked, f"docs/README.md does not name {document.relative_to(ROOT)}"


def test_pictures_are_small_and_used():
    used = {(document.parent / unquote(link)).resolve() for document in DOCUMENTS for link in links(document)}
    pictures = [path for path in (ROOT / "docs/pictures").iterdir() if path.suffix != ".md"]
    assert pictures
    for picture in pictures:
        assert picture.suffix in (".png", ".jpg"), picture.name
        assert picture.stat().st_size < LARGEST_PICTURE, f"{picture.name} is larger than 150 KB"
        assert picture in used, f"{picture.name} is shown nowhere"


def test_a_broken_link_would_be_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        '# One heading: two\n[a](gone.md) `[not](a-link.md)`\n```\n[nor](this.md)\n```\n![p](p.png "t") [here](#one-heading-two)\n'
    )
    assert links(page) == ["gone.md", "p.png", "#one-heading-two"]
    assert headings(page) == {"one-heading-two"}


def test_the_program_that_takes_the_pictures_can_be_read():
    """It leans on the steps of the journeys: one that is renamed there is missed here."""
    loader = SourceFileLoader("pictures", str(ROOT / "bin/pictures"))
    pictures = module_from_spec(spec_from_loader("pictures", loader))
    loader.exec_module(pictures)
    taken = set(re.findall(r'(?:take|small)\((?:folder / "[^"]+", )?"([\w-]+)"', (ROOT / "bin/pictures").read_text()))
    assert {path.stem for path in (ROOT / "docs/pictures").glob("*.png")} == taken
    used = re.findall(r"\bsteps\.(\w+)", (ROOT / "bin/pictures").read_text())
    assert not [name for name in used if not hasattr(pictures.steps, name)]
