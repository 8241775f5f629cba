"""Clients, how they may be contacted, their episodes and assessments."""

from clients.models.assessments import Assessment, RiskFound
from clients.models.clients import Client, SafeContact
from clients.models.episodes import Episode

__all__ = ["Assessment", "Client", "Episode", "RiskFound", "SafeContact"]
