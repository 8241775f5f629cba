"""Clients, how they may be contacted, their episodes and assessments, what they have agreed to."""

from clients.models.assessments import Assessment, RiskFound
from clients.models.change_rules import ChangeRule
from clients.models.clients import Client, SafeContact
from clients.models.consents import Consent, ConsentAgency, Opening
from clients.models.episodes import Episode
from clients.models.proposals import ClientPathway, Proposal
from clients.models.referrals import ReceivedReferral, ReferralLink
from clients.models.risk_plans import RiskPlan, RiskPlanStep
from clients.models.unusual import UnusualAccess

__all__ = [
    "Assessment",
    "ChangeRule",
    "Client",
    "ClientPathway",
    "Consent",
    "ConsentAgency",
    "Episode",
    "Opening",
    "Proposal",
    "ReceivedReferral",
    "ReferralLink",
    "RiskFound",
    "RiskPlan",
    "RiskPlanStep",
    "SafeContact",
    "UnusualAccess",
]
