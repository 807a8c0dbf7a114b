"""Screening: what a message holds that a machine must not answer or keep."""

from actions.screening.engine import Screener
from actions.screening.findings import Category, Decision, Finding, Screening, Visibility

__all__ = ["Category", "Decision", "Finding", "Screener", "Screening", "Visibility"]
