"""Who the 60 are: sex, age, substances and circumstances, in the proportions that the guidance reports.

Main substance, second substance, sex and referral: Models of Care: Update 2006, 2.3 (2003/04). Codes: clients/definitions/codes.
"""

from dataclasses import dataclass

from carehub.demo.chance import Chance

HEROIN, CRACK, COCAINE, CANNABIS, AMPHETAMINES, ALCOHOL, METHADONE, BENZODIAZEPINES, OPIATES = (
    "1011", "3201", "3200", "5000", "3100", "7000", "1105", "2200", "1000",
)  # fmt: skip
OPIOIDS = (HEROIN, METHADONE, OPIATES)
SMOKED, INJECTED, SNIFFED, SWALLOWED = "3", "1", "2", "4"

SEX = {"M": 72, "F": 28}
MAIN_SUBSTANCE = {
    HEROIN: 67, CRACK: 9, CANNABIS: 9, AMPHETAMINES: 4, COCAINE: 3, ALCOHOL: 3, METHADONE: 2, BENZODIAZEPINES: 2, OPIATES: 1,
}  # fmt: skip
#: Of those whose main substance is heroin 21 per cent named crack or cocaine second; of those with crack 13 per cent heroin.
SECOND_SUBSTANCE = {
    HEROIN: {CRACK: 17, COCAINE: 4, ALCOHOL: 12, BENZODIAZEPINES: 11, CANNABIS: 14, METHADONE: 4, "none": 38},
    CRACK: {HEROIN: 13, ALCOHOL: 25, CANNABIS: 20, "none": 42},
}
SECOND_OTHERWISE = {ALCOHOL: 25, CANNABIS: 15, COCAINE: 8, "none": 52}
#: Of all, 43 per cent came by themselves and 17 per cent from criminal justice; so these, with those of its own team below.
REFERRED_BY = {"4": 48, "3": 16, "1": 8, "2": 7, "10": 4, "11": 3, "19": 2, "24": 2, "9": 1, "5": 4, "8": 2, "13": 2, "6": 1}
CRIMINAL_JUSTICE = {"5": 50, "8": 15, "13": 20, "6": 15}


@dataclass(frozen=True)
class Life:
    """What one client's answers and plan are made from."""

    sex: str
    age: int
    main: str
    second: str
    route: str
    #: C now, P in the past, N never, as national monitoring has it.
    injecting: str
    days_used: int
    first_used_at: int
    drinks_on: int
    units: int
    dependent_on_alcohol: bool
    #: National codes: of accommodation need, of parental status.
    housing: str
    children: str
    pregnant: bool
    mental_health: str
    suicide: str
    overdose: str
    hurt_by: str
    benefits: bool
    in_trouble: bool
    reads_badly: bool
    #: Polish or Urdu, where an interpreter is wanted.
    language: str

    @property
    def takes_opioids(self) -> bool:
        return self.main in OPIOIDS or self.second in OPIOIDS


def lives(chance: Chance, number: int, from_court: list[bool]) -> list[Life]:
    """``number`` of them; ``from_court`` says who is with the criminal justice team."""
    sexes = chance.shared_out(SEX, number)
    mains = chance.shared_out(MAIN_SUBSTANCE, number)
    suicides = chance.shared_out({"never": 62, "past": 33, "now": 5}, number)
    hurt = chance.shared_out({"never": 68, "past": 24, "now-home": 5, "now-other": 3}, number)
    pregnant_ones = [place for place, sex in enumerate(sexes) if sex == "F"][:1]
    return [
        _life(chance, sexes[place], mains[place], suicides[place], hurt[place], place in pregnant_ones, from_court[place])
        for place in range(number)
    ]


def _life(chance: Chance, sex: str, main: str, suicide: str, hurt_by: str, pregnant: bool, from_court: bool) -> Life:
    age = min(61, max(19, round(chance.gauss(26 if main in (CANNABIS, COCAINE) else 34, 8))))
    if pregnant:
        age = min(age, 36)
    injecting = chance.one_of({"C": 38, "P": 27, "N": 35}) if main in OPIOIDS else chance.one_of({"P": 15, "N": 85})
    if main == AMPHETAMINES:
        injecting = chance.one_of({"C": 35, "P": 25, "N": 40})
    drinks_on = chance.one_of({0: 35, chance.randint(1, 8): 40, chance.randint(10, 28): 25})
    if main == ALCOHOL:
        drinks_on = chance.randint(24, 28)
    return Life(
        sex=sex,
        age=age,
        main=main,
        second=chance.one_of({one: weight for one, weight in SECOND_SUBSTANCE.get(main, SECOND_OTHERWISE).items() if one != main}),
        route=_route(chance, main, injecting),
        injecting=injecting,
        days_used=chance.one_of({28: 55, chance.randint(16, 27): 25, chance.randint(2, 14): 20}),
        first_used_at=min(age - 1, chance.randint(14, 17) if main in (CANNABIS, ALCOHOL) else chance.randint(16, 25)),
        drinks_on=drinks_on,
        units=chance.randint(3, 8) if 0 < drinks_on < 10 else chance.randint(8, 30),
        dependent_on_alcohol=main == ALCOHOL or (drinks_on > 20 and chance.happens(0.5)),
        housing=chance.one_of({"1": 14, "2": 26, "3": 60}),
        children=chance.one_of({"14": 54, "11": 12 if sex == "M" else 30, "12": 6, "13": 28 if sex == "M" else 14}),
        pregnant=pregnant,
        mental_health=chance.one_of({"never": 46, "past": 34, "now": 15, "crisis": 5}),
        suicide=suicide,
        overdose=chance.one_of({"never": 56, "long-ago": 26, "year": 14, "recent": 4})
        if main in OPIOIDS
        else chance.one_of({"never": 90, "long-ago": 10}),
        hurt_by=hurt_by,
        benefits=chance.happens(0.72),
        in_trouble=from_court or chance.happens(0.22),
        reads_badly=chance.happens(0.12),
        language=chance.one_of({"": 95, "pl": 3, "ur": 2}),
    )


def _route(chance: Chance, main: str, injecting: str) -> str:
    if main in OPIOIDS and main != HEROIN:
        return SWALLOWED
    if main in (HEROIN, AMPHETAMINES) and injecting == "C":
        return INJECTED
    return {HEROIN: SMOKED, CRACK: SMOKED, CANNABIS: SMOKED, COCAINE: SNIFFED, AMPHETAMINES: chance.choice((SNIFFED, SWALLOWED))}.get(
        main, SWALLOWED
    )
