"""What holds for every template, whoever wrote it: nothing inline, nothing passed off as safe, every word can be translated."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.base import Lexer, TokenType

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))

#: A word of at least two letters outside tags and template code.
_WORD = re.compile(r"[^\W\d_]{2,}")
#: The product's name is the same in every language; so are the marks of a page.
_NAMES = re.compile(r"CareHub|doctype|html", re.IGNORECASE)
_SPOKEN = re.compile(r"""\b(?:title|alt|placeholder|aria-label|label)="([^"]*)\"""")


def source(name: str) -> str:
    return (FOLDER / name).read_text()


def without_comments(text: str) -> str:
    text = re.sub(r"{% comment[^%]*%}.*?{% endcomment %}", "", text, flags=re.DOTALL)
    return re.sub(r"{#.*?#}|<!--.*?-->", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_can_be_read(name):
    engines["django"].get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_stands_in_it_that_the_content_security_policy_forbids(name):
    text = without_comments(source(name))
    assert not re.search(r"\sstyle\s*=", text), "a style attribute: use a class"
    assert not re.search(r"<style\b", text), "a style element: use a style sheet"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text), "an inline handler: use a script under static/js"
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text), "an inline script: use a file under static/js"
    assert "javascript:" not in text
    assert not re.search(r"\bhx-on|\bhx-vals=.js:", text), "evaluates script in the page"
    assert not re.search(r"""(?:src|href)="https?://""", text), "nothing comes from elsewhere"


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_is_passed_off_as_safe(name):
    text = source(name)
    assert not re.search(r"\|\s*(?:safe|safeseq)\b", text)
    assert "autoescape off" not in text


def _literal(name: str) -> str:
    """What stands in the template as it is: without its tags, what they translate, and the names of classes."""
    text = re.sub(r"{% block \w*class %}.*?{% endblock %}", "", without_comments(source(name)))
    pieces, translated = [], False
    for token in Lexer(text).tokenize():
        if token.token_type == TokenType.TEXT:
            pieces.append("" if translated else token.contents)
            continue
        if token.token_type == TokenType.BLOCK:
            word = token.contents.split()[0]
            translated = word == "blocktranslate" or (translated and word != "endblocktranslate")
        pieces.append("\0")
    return "".join(pieces)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_word_can_be_translated(name):
    text = _literal(name)
    spoken = [words for words in _SPOKEN.findall(text) if _WORD.search(words.replace("\0", ""))]
    assert not spoken, "an attribute that is read out, without translate"
    text = re.sub(r"<(script|svg)\b.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", text, flags=re.DOTALL)
    text = re.sub(r"&\w+;", " ", text)
    left = _WORD.findall(_NAMES.sub("", text))
    assert not left, f"words outside translate: {' '.join(left[:12])}"


def test_python_marks_nothing_as_safe_but_what_is_ours():
    """mark_safe and SafeString stand only where the markup is made by us from escaped parts; a new place is a decision."""
    allowed = {"carehub/charts/drawing.py", "carehub/templatetags/form_tags.py", "carehub/templatetags/print_sheet.py"}
    root = Path(settings.BASE_DIR)
    found = set()
    for app in ("carehub", "clients", "careplans", "audits", "reports"):
        for path in (root / app).rglob("*.py"):
            if re.search(r"mark_safe\(|SafeString\((?!\"\"\))", path.read_text()):
                found.add(path.relative_to(root).as_posix())
    assert found <= allowed
