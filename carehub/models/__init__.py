"""The kernel's tables: people, access, events, jobs, drafts, tasks, files, documents, mail."""

from carehub.models.access import Access
from carehub.models.documents import Document, DocumentCheck
from carehub.models.drafts import Draft
from carehub.models.editions import FormEdition, PaperForm
from carehub.models.events import Event, EventClient
from carehub.models.files import StoredFile
from carehub.models.jobs import Job
from carehub.models.mail import OutgoingMail
from carehub.models.people import Agency, Membership, Partnership, Person
from carehub.models.seals import EventSeal
from carehub.models.sessions import Session
from carehub.models.setting_changes import SettingChange
from carehub.models.tasks import Notice, Task

__all__ = [
    "Access",
    "Agency",
    "Document",
    "DocumentCheck",
    "Draft",
    "Event",
    "EventClient",
    "EventSeal",
    "FormEdition",
    "Job",
    "Membership",
    "Notice",
    "OutgoingMail",
    "PaperForm",
    "Partnership",
    "Person",
    "Session",
    "SettingChange",
    "StoredFile",
    "Task",
]
