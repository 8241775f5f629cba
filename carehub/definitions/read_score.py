"""Reads the scores of a form: which questions add up, and the bands, each with its source."""

from collections.abc import Iterator, Mapping

from carehub.definitions.following import Band, Condition, Score
from carehub.definitions.read_codes import refuse_twice
from carehub.definitions.read_condition import check_condition, read_condition
from carehub.definitions.schema import Question
from carehub.definitions.table import Table


def read_scores(table: Table, questions: Mapping[str, Question]) -> tuple[Score, ...]:
    places = table.tables("score", "a score")
    scores = tuple(_read_score(place, questions) for place in places)
    refuse_twice(table, [score.id for score in scores], "score")
    return scores


def check_tool(table: Table, scores: tuple[Score, ...]) -> None:
    """A tool scores, and says what it may be used for."""
    if not scores:
        raise table.wrong("A tool needs at least one [[score]].", "level")
    if "licence" not in table:
        raise table.wrong("A tool needs its 'licence': who owns it, and what it may be used for.", "level")


def _read_score(table: Table, questions: Mapping[str, Question]) -> Score:
    score = Score(
        id=table.identifier(),
        title=table.text("title"),
        questions=table.texts("questions"),
        least=table.whole("least"),
        most=table.whole("most"),
        source=table.text("source"),
        bands=tuple(_read_band(band, questions) for band in table.tables("band", "a band")),
        hidden=table.whole("hidden") if "hidden" in table else None,
    )
    table.finish()
    if not score.questions:
        raise table.wrong("A score needs 'questions' that add up.", "questions")
    for position, name in enumerate(score.questions):
        table.known(name, questions, "questions", position)
        if reason := _counts_nothing(questions[name]):
            raise table.wrong(f"'{name}' cannot be part of a score: {reason}", "questions", position)
    _check_range(table, score, questions)
    _check_bands(table, score)
    return score


def _read_band(table: Table, questions: Mapping[str, Question]) -> Band:
    when = read_condition(table.table("when", "a condition")) if "when" in table else None
    band = Band(table.whole("from"), table.whole("to"), table.text("text"), table.text("source"), when)
    table.finish()
    if when:
        check_condition(table.at("when"), when, dict(questions))
    return band


def _counts_nothing(question: Question) -> str:
    if question.kind != "one-of":
        return f"it is of kind '{question.kind}', and only 'one-of' has choices with points."
    without = [choice.value for choice in question.choices if choice.points is None]
    return f"its choice '{without[0]}' has no 'points'." if without else ""


def _check_range(table: Table, score: Score, questions: Mapping[str, Question]) -> None:
    """'least' and 'most' are what the points add up to, so that a slip in either is found."""
    reached_least = reached_most = 0
    for name in score.questions:
        points = [choice.points or 0 for choice in questions[name].choices]
        if score.hidden is not None and questions[name].shown_if:
            points.append(score.hidden)
        reached_least, reached_most = reached_least + min(points), reached_most + max(points)
    for key, said, reached in (("least", score.least, reached_least), ("most", score.most, reached_most)):
        if said != reached:
            raise table.wrong(f"'{key}' is {said}, but the points of the choices add up to {reached}.", key)


def _check_bands(table: Table, score: Score) -> None:
    """From 'least' to 'most' every value has one band, for everybody and for each condition by itself."""
    for bands in _by_condition(score):
        following = score.least
        for position, band in bands:
            if band.most < band.least:
                raise table.wrong(f"This band goes from {band.least} to {band.most}: 'to' is less than 'from'.", "band", position, "to")
            if band.least < score.least or band.most > score.most:
                what = f"The band from {band.least} to {band.most} lies outside the score, {score.least} to {score.most}."
                raise table.wrong(what, "band", position)
            if band.least < following:
                raise table.wrong(f"{band.least} lies in this band and in the one before.", "band", position, "from")
            if band.least > following:
                raise table.wrong(f"No band holds {following}: there is a gap before this one.", "band", position, "from")
            following = band.most + 1
        if following <= score.most:
            raise table.wrong(f"No band holds {following}: the bands end before {score.most}.", "band", bands[-1][0], "to")


def _by_condition(score: Score) -> Iterator[list[tuple[int, Band]]]:
    """(place in the file, band), those of one condition together, the lowest first."""
    found: dict[Condition | None, list[tuple[int, Band]]] = {}
    for position, band in enumerate(score.bands):
        found.setdefault(band.when, []).append((position, band))
    for bands in found.values():
        yield sorted(bands, key=lambda one: one[1].least)
