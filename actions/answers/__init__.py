"""Answers to routine questions: what the action server runs for every intent that needs no person."""

from actions.answers.actions import ACTIONS, action_answer, action_misunderstood
from actions.answers.composers import COMPOSERS, compose

__all__ = ["ACTIONS", "COMPOSERS", "action_answer", "action_misunderstood", "compose"]
