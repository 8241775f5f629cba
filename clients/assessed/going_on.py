"""A begun assessment that was left: what its writer typed and did not save, how much is answered in truth, and where to go on."""

from dataclasses import dataclass

from carehub import drafts
from carehub.actors import Actor
from carehub.definitions import typed
from carehub.definitions.answers import progress
from carehub.definitions.fields import DefinitionForm
from carehub.definitions.schema import Form, Section
from carehub.models import Draft
from clients.assessed.recorded import asked_sections, with_assumed
from clients.models import Assessment
from clients.policies import records as policies

#: Where the sections end: what is missing, what the answers say, the button that completes.
CHECK = "check"


def draft_kind(section: str) -> str:
    """Draft.kind of what is typed into a section."""
    return f"assessment.{section}"[: Draft._meta.get_field("kind").max_length]


@dataclass(frozen=True)
class Unsaved:
    """What the actor typed into sections of an assessment and did not save: section → the newest text."""

    sections: dict[str, Draft]

    def counted(self, page: DefinitionForm) -> dict[str, tuple[int, int]]:
        """For each section how much is answered, saved or not, of how much is to be asked. ``page`` holds its own text already."""
        others = [draft for section, draft in self.sections.items() if section != page.section]
        if not others:
            return page.progress
        fields = page.typed
        for draft in others:
            fields = typed.merge(fields, typed.from_post(page.definition, drafts.as_data(draft)))
        return progress(page.definition, typed.read(page.definition, fields, page.last).answers)


def unsaved(actor: Actor, assessment: Assessment, form: Form) -> Unsaved:
    """One query."""
    kinds = {draft_kind(each.id): each.id for each in form.sections}
    kept = Draft.objects.visible_to(actor).filter(subject=str(assessment.pk), kind__in=kinds).order_by("saved_at")
    return Unsaved({kinds[each.kind]: each for each in kept})


def goes_on_at(actor: Actor, assessment: Assessment, form: Form) -> str:
    """The first section that is not finished: something in it is not answered, or typed and not saved. ``CHECK`` where all of them are."""
    lacking = {each.section for each in policies.still_missing(form, with_assumed(actor, assessment, form), assessment.only)}
    open_ones = lacking | unsaved(actor, assessment, form).sections.keys()
    return next((each.id for each in asked_sections(assessment, form) if each.id in open_ones and _may_answer(actor, each)), CHECK)


def _may_answer(actor: Actor, section: Section) -> bool:
    return not section.competence or actor.may(policies.COMPETENT[section.competence])
