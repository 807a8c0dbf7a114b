"""Rules and net together: one sentence vector a message, and never one of what the rules redacted."""

import numpy as np

from actions.screening import Category, Decision
from actions.screening.two_nets import TwoNets

ROUTINE = "where can i park for the clinic"
CLINICAL = "she sleeps all day and hardly touches her food"


def test_a_known_vector_is_used_for_a_text_without_identifiers(screener: TwoNets) -> None:
    vector = screener.encoder.encode(CLINICAL)
    screening, used = screener.hear(CLINICAL, vector=vector)
    assert used is vector
    assert screening == screener.screen(CLINICAL)
    assert screening.categories == {Category.CLINICAL}


def test_a_known_vector_is_not_used_where_something_was_redacted(screener: TwoNets) -> None:
    text = f"{CLINICAL}, call 555 867 5309"
    routine = screener.encoder.encode(ROUTINE)
    screening, used = screener.hear(text, vector=routine)
    assert screening.decision is not Decision.ANSWER
    assert {Category.CLINICAL, Category.EMERGENCY} & screening.categories
    assert Category.IDENTIFYING in screening.categories
    assert used is not None
    assert np.allclose(used, screener.encoder.encode(screening.redacted), atol=1e-6)


def test_what_judges_writes_itself_in_few_characters(screener: TwoNets) -> None:
    """A failed test and a log write their values out: all that the nets know would take minutes and gigabytes."""
    assert len(repr(screener)) + len(repr(screener.rules)) + len(repr(screener.net)) < 1_000
