"""Choosing somebody: among a few, among many, by a part of the name."""

import pytest
from django import forms

from carehub.forms import CareHubForm
from carehub.models import Person
from carehub.personfield import PersonField

pytestmark = pytest.mark.django_db


class Choose(CareHubForm):
    who = PersonField(label="Keyworker", missing="Choose a keyworker")

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.fields["who"].queryset = Person.objects.order_by("name")


@pytest.fixture
def people():
    def make(number: int) -> list[Person]:
        return Person.objects.bulk_create(
            [Person(name=f"Robin Marsh {number:03}", email=f"robin{number}@carehub.example") for number in range(number)]
        )

    return make


@pytest.mark.parametrize(("number", "widget"), [(2, forms.RadioSelect), (20, forms.Select), (80, forms.TextInput)])
def test_the_input_fits_their_number(people, number, widget):
    made = people(number)
    field = Choose().fields["who"]
    assert type(field.widget) is widget
    form = Choose({"who": str(made[1].pk)})
    assert form.is_valid()
    assert form.cleaned_data["who"] == made[1]


def test_one_query_whatever_their_number(people, django_assert_num_queries):
    people(80)
    with django_assert_num_queries(1):
        str(Choose()["who"])


def test_a_part_of_the_name_finds_them_among_many(people):
    made = people(80)
    form = Choose({"who": "marsh 042"})
    assert form.is_valid()
    assert form.cleaned_data["who"] == made[42]


def test_several_that_fit_are_offered(people):
    people(80)
    form = Choose({"who": "marsh 07"})
    assert not form.is_valid()
    assert form.errors["who"] == ["More than 6 names fit: type more of the name"]
    Person.objects.bulk_create([Person(name=f"Alex Finch {number}", email=f"alex{number}@carehub.example") for number in range(4)])
    form = Choose({"who": "finch"})
    assert not form.is_valid()
    assert form.errors["who"] == ["Several people fit: choose one"]
    assert isinstance(form.fields["who"].widget, forms.RadioSelect)
    assert len(form.fields["who"].widget.choices) == 4


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Choose a keyworker"), ("nobody", "Nobody here has a name like ‘nobody’"), ("%", None), ("_", None)],
)
def test_what_finds_nobody_says_so(people, typed, said):
    people(80)
    form = Choose({"who": typed})
    assert not form.is_valid()
    if said:
        assert form.errors["who"] == [said]
