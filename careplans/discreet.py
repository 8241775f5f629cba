"""A sheet made fit to be found by somebody else: initials and reference, no service name, nothing that says what the service is for.

What the client and the keyworker wrote stays theirs, but for the names in it: whoever prints it reads it first.
"""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from careplans.sheet import Sheet, SheetAgency, SheetSignature

_WORDS = """
    an art ask bay best bill black booth bright brook brown bush carry case cash chance clay close cook cope cross dawn day do
    drew drink dry early english eve fair faith field fields friend gay glass good grace green hall hand harm heather hill holly
    home hope house hunt ivy jack job joy king lane law light little long love low mark mason may mercy miles moon moore more new
    nick north old page park pat peace pill poppy price ray read rest rice rich river rob robin rose ruby rush sage self ship
    short skye small so stand stone storm street strong sue summer sunny swift taylor time trinity violet walk wall ward wash
    water way well west white wild will winter wise wood woods work young
"""
#: Names that are words as well: 'Do not use alone' must stay that, so they are left where they stand alone.
WORDS_TOO = frozenset(_WORDS.split())


def discreetly(sheet: Sheet, *, title: str, names: Mapping[str, str]) -> Sheet:
    """``names``: what must not be read → what stands there instead (each agency's name on paper that a client carries)."""
    client, keyworker = sheet.client, sheet.keyworker.name
    instead = {**names, sheet.agency.name: sheet.agency.discreet_name, sheet.partnership: ""}
    instead |= dict.fromkeys(_own_names(client.name, client.name_used, client.known_as), client.initials)
    instead.pop("", None)
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(name) for name in sorted(instead, key=len, reverse=True)) + r")(?!\w)")

    def without_names(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(lambda found: instead[found[0]], value)
        if isinstance(value, tuple):
            return tuple(without_names(each) for each in value)
        if is_dataclass(value) and not isinstance(value, (type, SheetAgency)):
            return replace(value, **{each.name: without_names(getattr(value, each.name)) for each in fields(value)})  # type: ignore[type-var]
        return value

    changed = without_names(replace(sheet, signatures=tuple(_signature(each, keyworker, client.initials) for each in sheet.signatures)))
    agency = sheet.agency
    return replace(
        changed,
        title=title,
        partnership="",
        agency=SheetAgency(
            agency.discreet_name,
            agency.telephone,
            agency.opening_hours,
            discreet_name=agency.discreet_name,
            complaints=without_names(agency.complaints),
            advocacy=without_names(agency.advocacy),
        ),
        client=replace(client, name=client.initials, name_used="", known_as=client.initials, date_of_birth=None),
        keyworker=sheet.keyworker,
        # The names of the areas begin with 'Drug and alcohol use'; the service's own words, treatments and risks are about nothing else.
        goals=tuple(
            replace(goal, domain="", service_words="", actions=tuple(replace(each, treatment="") for each in goal.actions))
            for goal in changed.goals
        ),
        # What came up is in the words of an assessment ('Main problem: …'), not in theirs.
        needs=(),
        later_needs=(),
        risk_plan=tuple(replace(step, risk="") for step in changed.risk_plan),
        check_url="",
        discreet=True,
        large=sheet.large,
        sealed=sheet.sealed,
    )


def _own_names(*names: str) -> set[str]:
    """The client's names as they may stand in a text: whole, and each word of them that is nothing but a name."""
    whole = {name for name in names if name}
    return {name for name in whole if name.lower() not in WORDS_TOO} | {
        word for name in whole for word in name.split() if len(word) > 1 and word.lower() not in WORDS_TOO
    }


def _signature(signature: SheetSignature, keyworker: str, initials: str) -> SheetSignature:
    """No handwriting, and no name but the keyworker's."""
    name = keyworker if signature.name == keyworker else ""
    return replace(signature, name=name, picture=None)
