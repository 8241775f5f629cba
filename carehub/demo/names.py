"""Names of people who do not exist. Surnames are put together from two words; nobody in the country is known to bear one of them."""

from carehub.demo.chance import Chance
from carehub.demo.place import TOWN

WOMEN = (
    "Alison", "Amina", "Beata", "Carly", "Chantelle", "Donna", "Eileen", "Gemma", "Hayley", "Joanna", "Kerry", "Leanne", "Maxine", "Nadia",
    "Rochelle", "Sadia", "Stacey", "Tanya", "Wendy", "Zofia",
)  # fmt: skip
MEN = (
    "Aaron", "Asif", "Barry", "Ciaran", "Craig", "Damian", "Darren", "Delroy", "Duncan", "Errol", "Gareth", "Gavin", "Glen", "Hamza", "Ian",
    "Imran", "Jamie", "Jason", "Kenneth", "Lee", "Leon", "Liam", "Lukasz", "Martin", "Mateusz", "Neil", "Nigel", "Patrick", "Paul", "Perry",
    "Raymond", "Ricky", "Rohan", "Sean", "Shane", "Stefan", "Steven", "Terence", "Wayne", "Winston",
)  # fmt: skip
FIRST_HALVES = (
    "Alder", "Barley", "Cinder", "Clover", "Cobble", "Damson", "Dapple", "Ember", "Furze", "Heron", "Larch",
    "Linnet", "Medlar", "Osier", "Plover", "Rowan", "Sallow", "Sorrel", "Teasel", "Tinder", "Willow",
)  # fmt: skip
SECOND_HALVES = ("fen", "hythe", "mere", "ness", "stow", "tarn", "wath")
#: What they are called, where it is not their first name.
NAMES_USED = {
    "Terence": "Tel", "Kenneth": "Kenny", "Raymond": "Ray", "Steven": "Stevie", "Patrick": "Paddy", "Alison": "Ali", "Joanna": "Jo",
    "Maxine": "Max", "Martin": "Marty", "Lukasz": "Luke", "Stefan": "Stef", "Zofia": "Zosia", "Winston": "Win", "Gareth": "Gaz",
}  # fmt: skip
STREETS = (
    "Otterlode Street", "Saltpan Row", "Millbeam Road", "Netherlode Lane", "Tollbar Street", "Ropery Yard", "Lower Weir Terrace",
    "Quarrygate", "Hurdle Lane", "Dyers Reach", "Kilnfold Close", "Staithe Court", "Beamhouse Road", "Cooperage Walk",
)  # fmt: skip
OUTWARD = ("ZZ1", "ZZ2", "ZZ3", "ZZ4")


def surnames(chance: Chance, number: int) -> list[str]:
    """``number`` surnames, none of them twice."""
    every = [first + second for first in FIRST_HALVES for second in SECOND_HALVES]
    return chance.sample(every, number)


def first_names(chance: Chance, sexes: list[str]) -> list[str]:
    """A first name for each; some come twice, as they do."""
    return [chance.choice(WOMEN if sex == "F" else MEN) for sex in sexes]


def mobile(number: int) -> str:
    """Of 07700 900000 to 900999, which no telephone answers."""
    return f"07700 900{number % 1000:03d}"


def address(chance: Chance) -> str:
    postcode = (
        f"{chance.choice(OUTWARD)} {chance.randint(1, 9)}{chance.choice('ABDEFGHJLNPQRSTUWXYZ')}{chance.choice('ABDEFGHJLNPQRSTUWXYZ')}"
    )
    flat = f"Flat {chance.randint(1, 14)}, " if chance.happens(0.3) else ""
    return f"{flat}{chance.randint(1, 98)} {chance.choice(STREETS)}, {TOWN}, {postcode}"
