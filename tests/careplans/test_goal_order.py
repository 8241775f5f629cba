"""The order of the goals: moved up with a button, or let go elsewhere; saved at once, and said."""

from django.urls import reverse

from tests.careplans import plans
from tests.careplans.pages import form_of, names, texts


def test_a_goal_is_moved_up_or_let_go_elsewhere(triaged, keyworker, signed_in):
    version, browser = plans.written(triaged, keyworker), signed_in(keyworker)
    said = plans.said_of(version, keyworker)
    said.rows["goal"]["h"] = {"domain": "social", "client_words": "A home"}
    plans.save(version, said, keyworker)
    address = reverse("plan-edit", args=[triaged.pk, version.pk])
    form = form_of(browser.get(address))
    (_first, second) = [name.removesuffix("-client_words") for name in names(form, "client_words")]
    answer = browser.post(address, form | {"up": [second]})
    assert answer.url == f"{address}?moved={second}#{second}"
    moved = browser.get(answer.url)
    assert texts(moved, "//*[@role='status' and @data-part-moved]") == ["Moved: this is goal 1 of 2 now."]
    assert order(version, keyworker) == ["A home", "I want to sleep through"]
    # The page sends its goals in the order in which they stand.
    form = form_of(moved)
    dragged = {name: form[name] for name in sorted(form, key=lambda name: name.startswith(second))}
    assert browser.post(address, dragged | {"moved": [second]}).url == answer.url
    assert order(version, keyworker) == ["I want to sleep through", "A home"]


def order(version, by) -> list[str]:
    return [row["client_words"] for row in plans.said_of(version, by).rows["goal"].values()]
