"""Fills the sheet that a care plan prints on (careplans.sheet) from one version: for the page on which it is signed, and for the PDF.

What is said by or about third parties is left out here, and so is on no paper and on no page that the client looks at.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextChoices
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carehub import clock
from carehub.documents.picture import Picture
from carehub.formfields import DrawingField
from carehub.models import Agency
from carehub.models.access import Part
from careplans import content, policies
from careplans.content import Content, Row
from careplans.interventions import words_of
from careplans.keeping_safe import areas_of, in_order
from careplans.models import Action, Domain, PlanVersion, Signature
from careplans.sheet import (
    Sheet,
    SheetAction,
    SheetAgency,
    SheetClient,
    SheetGoal,
    SheetKeyworker,
    SheetNeed,
    SheetPart,
    SheetRiskStep,
    SheetSharing,
    SheetSignature,
)
from clients.models import Consent, ConsentAgency, RiskFound

Facts = dict[str, Any]
_INK = '<path d="{}" fill="none" stroke="#0b0c0c" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>'
_PAPER = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">{ink}</svg>'


def check_token(version: PlanVersion) -> str:
    """What the printed code leads to: the same on every print of one agreed text, another as soon as a word changes. Nobody can guess it.

    Printed before the signature it is unknown to the check page, and becomes known with it.
    """
    made = salted_hmac("careplans.check", f"{version.pk}:{version.agreed_text}", algorithm="sha256").digest()[:16]
    return base64.b32encode(made).decode().rstrip("=").lower()


def check_url(token: str) -> str:
    return settings.PUBLIC_ADDRESS.rstrip("/") + reverse("document-check", args=[token])


def facts(version: PlanVersion) -> Facts:
    """Names, addresses and rules beside the agreed text, as they stand now. Kept in ``PlanVersion.as_signed`` when it is signed.

    One query, none where ``version`` was fetched through :func:`with_sharing`.
    """
    plan, client, said = version.plan, version.client, content.of(version)
    agency, keyworker, kind = plan.agency, plan.episode.keyworker, policies.kind_of(version.plan)
    interval = kind.review.then if plan.current_id else kind.review.first
    if interval.weeks:
        rule = ngettext("Reviewed again within %(number)s week.", "Reviewed again within %(number)s weeks.", interval.weeks)
    else:
        rule = ngettext("Reviewed again within %(number)s month.", "Reviewed again within %(number)s months.", interval.months)
    return {
        "title": kind.title,
        "partnership": version.partnership.name,
        "agency": agency_facts(agency),
        "client": {
            "name": client.full_name,
            "name_used": client.name_used,
            "known_as": client.known_as,
            "initials": client.initials,
            "reference": client.reference,
            "date_of_birth": client.date_of_birth.isoformat(),
        },
        "keyworker": {"name": keyworker.name if keyworker else "", "telephone": keyworker.telephone if keyworker else ""},
        "review_rule": rule % {"number": interval.weeks or interval.months},
        "check_url": check_url(check_token(version)),
        "treatments": _treatments_now(said),
        "risk_areas": areas_of(plan.episode),
        "sharing": _sharing_asked(version, said),
    }


def agency_facts(agency: Agency) -> Facts:
    return {each.name: getattr(agency, each.name) for each in fields(SheetAgency)}


def with_sharing(versions: "QuerySet[PlanVersion]") -> "QuerySet[PlanVersion]":
    """Each with ``shared``: whether the client has agreed that others see the plan; None where nobody has asked."""
    asked = Consent.objects.filter(client_id=OuterRef("client_id"), kind=Consent.Kind.SHARING)
    given = Consent.objects.in_force().filter(parts__contains=[Part.PLANS])
    others = ConsentAgency.objects.filter(consent=OuterRef("pk"), consent__in=given).exclude(to_id=OuterRef(OuterRef("plan__agency_id")))
    return versions.annotate(shared=Subquery(asked.annotate(shared=Exists(others)).order_by("-shared").values("shared")[:1]))


def _sharing_asked(version: PlanVersion, said: Content) -> str:
    """A value of SheetSharing, where the plan itself does not say who sees it: what the client was asked, and answered."""
    if said.texts["sharing"]:
        return ""
    if not hasattr(version, "shared"):
        version.shared = with_sharing(PlanVersion.objects.filter(pk=version.pk)).values_list("shared", flat=True).get()
    if version.shared is None:
        return SheetSharing.NOT_ASKED
    return SheetSharing.GIVEN if version.shared else SheetSharing.REFUSED


def sheet_of(version: PlanVersion, *, signatures: Iterable[Signature] = (), draft: bool = False) -> Sheet:
    """The sheet of ``version``, fetched with plan, its episode's keyworker, agency, client and partnership.

    ``draft``: to be signed by hand.
    """
    said, about = content.of(version), version.as_signed or facts(version)
    needs = [need for need in said.rows["need"].values() if not need["third_party"]]
    signed = tuple(_signature(each) for each in signatures)
    of_client = about["client"]
    agency = SheetAgency(**about["agency"])
    return Sheet(
        title=about["title"],
        partnership=about["partnership"],
        agency=agency,
        client=SheetClient(**{**of_client, "date_of_birth": date.fromisoformat(of_client["date_of_birth"])}),
        keyworker=SheetKeyworker(**about["keyworker"]),
        version=version.number,
        dated=clock.day_of(version.agreed_at or version.begun_at),
        goals=tuple(_goal(said, key, goal, about) for key, goal in said.rows["goal"].items()),
        signatures=signed or _to_be_signed(about),
        check_url=about["check_url"],
        needs=tuple(_need(need) for need in needs if need["standing"] == "now"),
        later_needs=tuple(_need(need) for need in needs if need["standing"] != "now"),
        risk_plan=tuple(_step(step) for step in in_order(said.rows["risk"], about["risk_areas"]).values() if not step["third_party"]),
        strengths=said.texts["strengths"],
        supports_the_wait=said.texts["supports_the_wait"],
        harm_reduction=_each_line(said.texts["harm_reduction"]),
        if_difficult=said.texts["if_difficult"],
        way_back=said.texts["way_back"],
        phase=_label(PlanVersion.Phase, said.texts["phase"]),
        admission=_label(PlanVersion.Admission, said.texts["admission"]),
        residential_need=said.texts["residential_need"],
        aftercare=said.texts["aftercare"],
        responsibilities=said.texts["responsibilities"],
        involved=tuple(
            SheetPart(row["name"], row["does"], row["contact"], bool(row["receives"])) for row in said.rows["involved"].values()
        ),
        sharing=_each_line(said.texts["sharing"]),
        sharing_asked=about["sharing"],
        next_review_on=day_of(said.texts["next_review_on"]) or None,
        review_rule=about["review_rule"],
        complaints="\n".join(each for each in (agency.complaints, agency.advocacy) if each),
        disagreement=said.texts["disagreement"],
        draft=draft,
    )


def _to_be_signed(about: Facts) -> tuple[SheetSignature, ...]:
    """Lines to sign on."""
    party = Signature.Party
    return (
        SheetSignature(str(party.CLIENT.label), about["client"]["name"]),
        SheetSignature(str(party.KEYWORKER.label), about["keyworker"]["name"]),
    )


def _goal(said: Content, key: str, goal: Row, about: Facts) -> SheetGoal:
    names = names_of(about["keyworker"]["name"], about["client"]["known_as"])
    actions = tuple(
        SheetAction(
            action["what"],
            who_does(action, names),
            day_of(action["by_when"]),
            action["milestone"],
            treatment_of(action, about["treatments"]),
        )
        for action in said.actions_of(key).values()
    )
    return SheetGoal(goal["client_words"], goal["service_words"], _domain(goal["domain"]), actions)


def names_of(keyworker: str, client: str) -> dict[str, str]:
    """Value of Action.Who → the name that stands for it; '' for the keyworker while there is none."""
    return {Action.Who.KEYWORKER.value: keyworker, Action.Who.CLIENT.value: client}


def who_does(action: Row, names: Mapping[str, str]) -> str:
    return names.get(action["who"]) or action["who_name"] or (str(Action.Who.GP.label) if action["who"] == Action.Who.GP else "")


def _treatments_now(said: Content) -> dict[str, str]:
    return {code: words_of(code) for code in sorted({row["intervention"] for row in said.rows["action"].values()} - {""})}


def treatments_of(version: PlanVersion, said: Content) -> dict[str, str]:
    """Code → words: of a signed version as they were on that day, else as the list has them now."""
    return version.as_signed["treatments"] if version.as_signed else _treatments_now(said)


def treatment_of(action: Row, treatments: dict[str, str]) -> str:
    """'Specialist prescribing (tier 3)'; '' where the step is no intervention. ``treatments``: code → words, as kept with the version."""
    if not (words := treatments.get(action["intervention"], "")):
        return ""
    return _("%(treatment)s (tier %(tier)s)") % {"treatment": words, "tier": action["tier"]} if action["tier"] else words


def _need(need: Row) -> SheetNeed:
    return SheetNeed(_domain(need["domain"]), need["words"])


def _step(step: Row) -> SheetRiskStep:
    area = str(RiskFound.Area(step["area"]).label) if step["area"] in RiskFound.Area.values else ""
    return SheetRiskStep(area, step["what"], step["who_name"], day_of(step["by_when"]), step["told"])


def _domain(name: str) -> str:
    return _label(Domain, name)


def _label(choices: type[TextChoices], name: str) -> str:
    return str(choices(name).label) if name in choices.values else ""


def day_of(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text.replace(content.APART, " ").strip()


def _each_line(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _signature(signature: Signature) -> SheetSignature:
    return SheetSignature(
        str(Signature.Party(signature.party).label),
        signature.name,
        str(Signature.How(signature.how).label).lower(),
        signature.signed_on,
        signature.reason,
        signature.follow_up_on,
        picture=picture_of(signature.strokes),
    )


def picture_of(strokes: str) -> Picture | None:
    """A signature drawn on screen as a picture; None where the name was typed."""
    if not strokes:
        return None
    ink = _INK.format(DrawingField().clean(strokes))
    drawn = _PAPER.format(width=DrawingField.WIDTH, height=DrawingField.HEIGHT, ink=ink)
    return Picture(drawn.encode(), "image/svg+xml")
