"""The form pack under templates/carehub/: GOV.UK markup, everything a person wrote escaped, every error a link to its question."""

import re

import pytest
from django.template import engines

from carehub.formfields import BirthDateField, LongText, OneOf, Several, Text
from carehub.forms import CareHubForm, Section

EVIL = '<img src=x onerror=alert(1)> & {{ 7|add:7 }} ‘quoted" '


class Register(CareHubForm):
    name = Text(label=f"Name {EVIL}", help_text=EVIL)
    born = BirthDateField()
    injects = OneOf([("now", f"Now {EVIL}", EVIL), ("never", "Never")], label="Injects?", shows={"now": ["where"]})
    where = Text(label="Where?", required=False)
    contact = Several([("post", "Post"), ("text", "Text")], label="Contact", required=False)
    wants = LongText(label="Wants", required=False, word_limit=500)


class InSections(Register):
    def layout(self):
        return [Section(f"First {EVIL}", "name", "born", hint=EVIL), Section("Second", "injects", "contact", "wants")]


def render(template: str, **context) -> str:
    return engines["django"].from_string("{% load crispy_forms_tags %}" + template).render(context)


@pytest.fixture(params=[Register, InSections])
def form_class(request):
    return request.param


def test_nothing_that_comes_from_outside_is_taken_for_markup_or_template(form_class):
    page = render(
        "{% error_summary form %}{% crispy form %}", form=form_class({"name": EVIL, "where": EVIL, "born_day": EVIL, "injects": EVIL})
    )
    assert "<img" not in page
    assert "onerror=alert(1)&gt;" in page
    assert "{{ 7|add:7 }}" in page


def test_every_input_has_a_label_or_legend_and_its_own_id(form_class):
    page = render("{% crispy form %}", form=form_class())
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    inputs = set(re.findall(r'<(?:input|textarea|select)[^>]*\bid="([^"]+)"', page))
    assert inputs <= set(re.findall(r'<label[^>]*for="([^"]+)"', page))
    described = {each for group in re.findall(r'aria-describedby="([^"]+)"', page) for each in group.split()}
    assert described <= set(ids)


def test_a_question_inside_an_answer_stands_there_and_only_there(form_class):
    page = render("{% crispy form %}", form=form_class({"injects": "never"}))
    assert page.count('name="where"') == 1
    inside = page.index('id="id_injects_0_more"')
    assert inside < page.index('name="where"')
    assert "govuk-radios__conditional--hidden" in page
    assert "govuk-radios__conditional--hidden" not in render("{% crispy form %}", form=form_class({"injects": "now"}))


def test_every_error_is_said_beside_its_question_and_linked_above(form_class):
    form = form_class({"born_day": "31", "born_month": "2", "born_year": "1981"})
    page = render("{% error_summary form %}{% crispy form %}", form=form)
    links = re.findall(r'<li><a href="#([^"]+)">', page)
    assert links == ["id_name", "id_born_day", "id_injects_0"]
    for target in links:
        assert f'id="{target}"' in page
    assert page.count("govuk-form-group--error") == 3
    assert page.count('class="govuk-error-message"') == 3
    assert 'value="31"' in page


def test_no_summary_where_nothing_is_wrong(form_class):
    assert "govuk-error-summary" not in render("{% error_summary form nothing formsets %}", form=form_class(), nothing=None)


def test_a_browser_never_cuts_what_is_pasted(form_class):
    page = render("{% crispy form %}", form=form_class())
    assert not re.search(r'name="(?:name|wants|where)"[^>]*maxlength', page)
    assert "required" not in re.sub(r"needs|\(optional\)", "", page)


def test_a_form_that_is_not_ours_is_drawn_too():
    from django import forms

    class Foreign(forms.Form):
        login = forms.EmailField()
        password = forms.CharField(widget=forms.PasswordInput)
        stay = forms.BooleanField(required=False)
        when = forms.SplitDateTimeField(required=False)
        scan = forms.FileField(required=False)

    page = render("{{ form|crispy }}", form=Foreign())
    for part in ("govuk-input", "govuk-password-input", "govuk-checkboxes__input", "govuk-file-upload", 'name="when_0"'):
        assert part in page


def test_a_form_opens_with_what_its_draft_needs(rf):
    request = rf.get("/clients/register/")
    opened = "{% form_start form draft_ticket=ticket %}{% form_end %}"
    page = engines["django"].from_string(opened).render({"form": Register(), "ticket": 'a"b', "draft_url": "/drafts/"}, request)
    assert 'data-draft-url="/drafts/"' in page
    assert 'name="draft_ticket" value="a&quot;b"' in page
    assert 'name="draft_form" value="/clients/register/"' in page
    assert 'role="status"' in page
    assert "draft" not in engines["django"].from_string(opened).render({"form": Register()}, request)
