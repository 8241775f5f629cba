"""Who may sign in to the demonstration, for the sign-in page and for the file that the launcher shows."""

from pathlib import Path

from carehub.demo.place import AGENCIES, PARTNERSHIP, PASSWORD, STAFF
from carehub.permissions import ROLES

_AGENCY_NAMES = {agency.letter: agency.name for agency in AGENCIES}


def sign_ins() -> list[dict[str, str]]:
    """A row a person worth trying: name, role, agency, mail, what to try. The first has the fullest caseload."""
    return [
        {
            "name": person.name,
            "role": " / ".join(str(ROLES[role].title) for role, _letter in person.roles),
            "agency": _AGENCY_NAMES.get(person.roles[0][1], ""),
            "mail": person.email,
            "to_try": person.to_try,
        }
        for person in STAFF
    ]


def write_sign_ins(folder: Path) -> Path:
    """``sign-ins.txt`` in the data folder; readable by its owner alone, like all that is there."""
    rows = sign_ins()
    lines = [
        f"{PARTNERSHIP} (demonstration data; every person is invented)",
        f"The password is the same for all: {PASSWORD}",
        "",
    ]
    role, mail = (max(len(row[column]) for row in rows) for column in ("role", "mail"))
    for row in rows:
        line = f"  {row['role']:<{role}}  {row['mail']:<{mail}}  {row['name']}"
        lines.append(f"{line}: {row['to_try']}" if row["to_try"] else line)
    file = folder / "sign-ins.txt"
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o600)
    return file
