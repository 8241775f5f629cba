"""What is said at reviews, in notes and by managers: the words of carehub.demo.afterwards."""

CLIENT_SAYS = (
    "It goes better than I thought. Mornings are still the worst.",
    "I turn up, that is new for me.",
    "Slower than I wanted, but I am not going back.",
    "I had two bad weeks and I did not run away.",
    "My sister says I am nicer to be with.",
)
OTHERS_THERE = ("", "", "", "Her sister", "Probation officer", "His mother")
#: Outcome → why.
WHY: dict[str, tuple[str, ...]] = {
    "partly": (
        "Most weeks it works, weekends do not.",
        "Begun late, and going well since.",
        "Half of it is done; the rest needs more time.",
    ),
    "not-yet": ("The waiting list is longer than we were told.", "Moved twice since, so nothing could begin.", "Other things came first."),
    "no-longer-wanted": ("Does not want this now: other things matter more.", "Has found another way."),
}
RETURNED_NOW = "Say who goes along to the first appointment, before it is signed."
RETURNED_AT_REVIEW = (
    "‘Who does what’ still names the old housing worker.",
    "Say under ‘If things get difficult’ whom to ring at the weekend.",
)
RETURNED_AND_MENDED = "The overdose plan does not say who has been told."
MENDED = "Her mother has been told and has naloxone at home; a note stands beside the plan."
NOTES = (
    "Rang to say that the pharmacy is now the one by the market. Nothing else changes.",
    "The GP has a new telephone number; it stands in the record.",
    "The first appointment was moved by a week because of the holiday.",
)
