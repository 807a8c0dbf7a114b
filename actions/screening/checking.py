"""Check every rule file: that it can be read, that each rule's examples hold, and that no emergency is silenced."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from actions.screening.engine import Screener
from actions.screening.reading import load_rules
from actions.screening.rules import OWN_FILE, RULES, Rule, RuleBook, RuleError


def check_rules(root: Path, folder: Path = RULES, today: Callable[[], date] = date.today) -> tuple[RuleBook, list[str]]:
    """Return the rules of the product and of the hospital under `root`, and all their problems as file:line: what is wrong."""
    own = root / OWN_FILE
    try:
        screener = Screener.build(load_rules(folder, own), root, today)
    except RuleError as error:
        return RuleBook(), list(error.problems)
    problems = [problem for rule in screener.book.rules for problem in _examples(rule, screener)]
    if own.is_file():
        problems += screener.silenced(Screener.build(load_rules(folder), root, today))
    return screener.book, problems


def _examples(rule: Rule, screener: Screener) -> list[str]:
    if rule.id in screener.book.off:
        return []
    where = f"{rule.file}:{rule.line}: {rule.id}"
    problems = [
        f"{where} does not match its example {text!r}" for text in rule.match if rule.id not in screener.matching(text)
    ]
    problems += [
        f"{where} matches {text!r}, an example of what it must not"
        for text in rule.no_match
        if rule.id in screener.matching(text)
    ]
    return problems
