"""Tansybridge: an invented partnership, its five agencies, and who works there. No town in England has the name, nobody the names.

Telephone numbers are of the ranges that Ofcom keeps for drama, post codes of an area that does not exist, addresses end in .example.
"""

from dataclasses import dataclass

PARTNERSHIP = "Tansybridge Drug Action Team"
#: Known to everybody who reads this; such people may sign in to the demonstration and nowhere else.
PASSWORD = "tansy-bridge-demonstration"
TOWN = "Tansybridge"


@dataclass(frozen=True)
class DemoAgency:
    """``letter`` names it in the lists below."""

    letter: str
    name: str
    discreet_name: str
    kind: str
    telephone: str
    address: str
    opening_hours: str
    complaints: str = (
        "If you are not happy with the service, tell the manager by telephone, in a letter or at the desk. "
        "You have an answer within four weeks."
    )
    advocacy: str = "Sparrowgate Advocacy, free and not part of the service: 01632 960 170"


@dataclass(frozen=True)
class DemoPerson:
    """``roles``: (role, agency's letter or '' for the whole partnership); the first is the one they begin in."""

    name: str
    job_title: str
    roles: tuple[tuple[str, str], ...]
    telephone: str
    #: What this sign-in shows best.
    to_try: str = ""

    @property
    def email(self) -> str:
        return f"{self.name.removeprefix('Dr ').lower().replace(' ', '.')}@carehub.example"


AGENCIES: tuple[DemoAgency, ...] = (
    DemoAgency(
        "S", "Tansybridge Community Drug Service", "Weir House", "statutory", "01632 960 110",
        "Weir House, 3 Otterlode Street, Tansybridge, ZZ1 2QA", "Monday to Friday 9 am to 5 pm, Thursday to 7.30 pm",
    ),
    DemoAgency(
        "V", "Lanternway Open Access", "Lanternway", "voluntary", "01632 960 120",
        "41 Saltpan Row, Tansybridge, ZZ1 5WT", "Monday to Saturday 10 am to 6 pm, no appointment needed",
    ),
    DemoAgency(
        "G", "Tansybridge Shared Care", "Quarrygate Surgery, Room 4", "shared-care", "01632 960 130",
        "Quarrygate Surgery, 8 Millbeam Road, Tansybridge, ZZ2 1PD", "Monday to Friday 8.30 am to 6 pm",
    ),
    DemoAgency(
        "R", "Fallowmead House", "Fallowmead House", "residential", "01632 960 140",
        "Fallowmead House, Netherlode Lane, near Tansybridge, ZZ4 7LN", "Somebody is there day and night",
    ),
    DemoAgency(
        "C", "Tansybridge Criminal Justice Drugs Team", "12 Tollbar Street", "criminal-justice", "01632 960 150",
        "12 Tollbar Street, Tansybridge, ZZ1 1KB", "Monday to Friday 8 am to 6 pm, at court on Saturday mornings",
    ),
)  # fmt: skip

STAFF: tuple[DemoPerson, ...] = (
    DemoPerson(
        "Imogen Pebblestow", "Drug worker", (("keyworker", "S"),), "01632 960 111",
        "your caseload: what is overdue, due today, to be signed; register a client, assess, write and sign a plan",
    ),
    DemoPerson("Kwame Otterhythe", "Drug worker", (("keyworker", "S"),), "01632 960 112"),
    DemoPerson("Agnieszka Wildermere", "Senior drug worker", (("keyworker", "S"),), "01632 960 113"),
    DemoPerson(
        "Rosalind Gorsefen", "Team manager", (("service-manager", "S"),), "01632 960 114",
        "who in your service is overdue, keyworker by keyworker",
    ),
    DemoPerson("Dr Farhana Quillmere", "Specialty doctor", (("prescriber", "S"),), "01632 960 115", "the record as a prescriber reads it"),
    DemoPerson(
        "Bethan Nettlerigg", "Receptionist", (("reception", "S"),), "01632 960 116",
        "names, safe contact and safety warnings, and no clinical word",
    ),
    DemoPerson(
        "Callum Brambleness", "Project worker", (("keyworker", "V"), ("peer-auditor", "V")), "01632 960 121",
        "somebody with two roles: change from keyworker to peer auditor",
    ),
    DemoPerson("Shanice Harbourwath", "Project worker", (("keyworker", "V"),), "01632 960 122"),
    DemoPerson("Piotr Thistlehythe", "Project manager", (("service-manager", "V"),), "01632 960 123"),
    DemoPerson("Siobhan Marlstow", "Shared care worker", (("keyworker", "G"),), "01632 960 131"),
    DemoPerson("Dr Anil Kestrelfen", "General practitioner", (("prescriber", "G"), ("service-manager", "G")), "01632 960 132"),
    DemoPerson("Tobias Juniperwath", "Rehabilitation worker", (("keyworker", "R"),), "01632 960 141"),
    DemoPerson(
        "Nasreen Yarrowness", "Care manager", (("care-manager", "R"), ("service-manager", "R")), "01632 960 142",
        "a care manager who also runs the house",
    ),
    DemoPerson(
        "Marcus Fallowrigg", "Drugs worker at court", (("criminal-justice-worker", "C"),), "01632 960 151",
        "clients who came by arrest, court or prison",
    ),
    DemoPerson("Janine Saffronmere", "Team manager", (("service-manager", "C"),), "01632 960 152"),
    DemoPerson(
        "Odile Sedgewarren", "Audit lead of the neighbouring partnership", (("visiting-auditor", ""),), "01632 960 161",
        "two case files, read-only and for a time",
    ),
    DemoPerson("Dr Helena Umberfen", "Clinical lead", (("clinical-lead", ""),), "01632 960 101"),
    DemoPerson(
        "Desmond Lanternholm", "Partnership manager", (("partnership-manager", ""),), "01632 960 102",
        "where services stand against the target, in exact numbers",
    ),
    DemoPerson(
        "Catrin Whinstow", "Commissioning manager", (("commissioner", ""),), "01632 960 103",
        "months that are over, small numbers hidden",
    ),
    DemoPerson("Leonard Copperwath", "Systems administrator", (("administrator", ""),), "01632 960 104", "agencies and staff, no client"),
)  # fmt: skip
