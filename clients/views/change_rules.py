"""Rules of change: from which difference on the outcome profile says improved or worse. Configuration only, no client."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub.asking import Asking
from carehub.definitions.catalogue import catalogue
from carehub.guards import requires
from carehub.views.administration import tabs
from clients.actions.change_rules import end_rule, enter_rule, replace_rule
from clients.forms.change_rules import ChangedRuleForm, EndRuleForm, NewRuleForm
from clients.models import ChangeRule
from clients.outcomes.change import item_name, items_with_rules
from clients.outcomes.due import FORM


@requires("configure")
def change_rules(request: HttpRequest) -> HttpResponse:
    rules = ChangeRule.objects.visible_to(request.actor).select_related("entered_by", "ended_by")
    names = {each.id: item_name(each) for each in catalogue().form(FORM).questions}
    rows = [{"rule": each, "name": names.get(each.item, each.item)} for each in rules.order_by("item", "-entered_at")]
    in_force = {row["rule"].item for row in rows if row["rule"].ended_at is None}
    context = {
        "in_force": [row for row in rows if row["rule"].ended_at is None],
        "ended": [row for row in rows if row["rule"].ended_at is not None],
        "without": [item_name(each) for each in items_with_rules() if each.id not in in_force],
        "tabs": tabs(),
        "tab": "change-rules",
    }
    return render(request, "clients/change_rules.html", context)


@requires("configure")
def add(request: HttpRequest) -> HttpResponse:
    asking = Asking(request, NewRuleForm, kind="change-rule", back_url=reverse("change-rules"))
    if (form := asking.answered()) and asking.does(lambda: enter_rule(by=request.actor, item=form.cleaned_data["item"], laid=form.laid)):
        return redirect("change-rules")
    return asking.page("administration/form.html", heading=_("Enter a rule of change"), submit_text=_("Enter the rule"))


@requires("configure")
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    rule = _rule(request, pk)
    stands = {"kind": rule.kind, "least_difference": rule.least, "source": rule.source, "source_on": rule.source_on}
    asking = Asking(request, ChangedRuleForm, kind="change-rule", subject=pk, back_url=reverse("change-rules"), stands=stands)
    if (form := asking.answered()) and asking.does(lambda: replace_rule(by=request.actor, rule=rule, laid=form.laid)):
        return redirect("change-rules")
    return asking.page("administration/form.html", heading=_("Change a rule"), submit_text=_("Save"), caption=_name(rule))


@requires("configure")
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    rule = _rule(request, pk)
    asking = Asking(request, EndRuleForm, kind="change-rule.end", subject=pk, back_url=reverse("change-rules"))
    if asking.answered() and asking.does(lambda: end_rule(by=request.actor, rule=rule)):
        return redirect("change-rules")
    return asking.page("clients/change_rule_end.html", heading=_("End a rule"), submit_text=_("End the rule"), caption=_name(rule))


def _rule(request: HttpRequest, pk: UUID) -> ChangeRule:
    return get_object_or_404(ChangeRule.objects.visible_to(request.actor).in_force(), pk=pk)


def _name(rule: ChangeRule) -> str:
    form = catalogue().form(FORM)
    return item_name(form.question(rule.item)) if form.has(rule.item) else rule.item
