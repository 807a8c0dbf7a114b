"""Explain a judgement in plain sentences: which rule, which words, and what raised or lowered it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actions.screening.engine import Screener
from actions.screening.findings import Category, Decision, Finding, Screening, Visibility
from actions.screening.lowering import lowered_by
from actions.screening.masks import covered
from actions.screening.matching import Match, RuleIndex, Words, find
from actions.screening.normalise import Shadow, Tokens
from actions.screening.rules import URGENT, Level, Rule

_EFFECTS = {
    Level.EMERGENCY: "danger to life: the emergency number at once",
    Level.SEVERE: "danger to life is near: the emergency number at once",
    Level.CLINICAL: "somebody's health or a request for advice: a person answers",
}


@dataclass(frozen=True, slots=True)
class _Message:
    """A message as the rules see it."""

    text: str
    view: Shadow
    tokens: Tokens
    words: Words

    def quote(self, start: int, end: int) -> str:
        first, last = self.view.original(self.tokens.starts[start], self.tokens.ends[end - 1])
        return f'"{self.text[first:last]}"'


def explain(
    screener: Screener, text: str, visibility: Visibility = Visibility.PRIVATE, context: Sequence[str] = ()
) -> list[str]:
    """Return the explanation of what `screener` decides about `text`, one finding a line and the decision last."""
    judged = screener.screen(text, visibility, context)
    if Category.UNJUDGED in judged.categories:
        return [f"{judged.decision.value}: the message cannot be judged, so a person reads it."]
    alone = screener.screen(text, visibility)
    message = _Message(text, *screener.read(text))
    rules = {rule.id: rule for rule in screener.book.rules}
    counted = {f.rule for f in judged.findings}
    lowered = dict(_lowered(screener, message))
    lines = [_found(f, text, rules, f in alone.findings, visibility) for f in judged.findings if f.rule not in lowered]
    lines += lowered.values()
    lines += _not_counted(screener, message, counted | lowered.keys())
    lines += _switched_off(screener, message)
    return [*lines, decision(judged, visibility)]


def _found(finding: Finding, text: str, rules: dict[str, Rule], alone: bool, visibility: Visibility) -> str:
    rule = rules.get(finding.rule)
    title = f" ({rule.title})" if rule else ""
    if rule is None or rule.level not in _EFFECTS:
        effect = f"redacted as [{finding.type}]"
        if finding.type == "NAME" and visibility is Visibility.PRIVATE:
            effect += ", which alone does not stop an answer"
    else:
        effect = _EFFECTS[rule.level]
    together = "" if alone else ", together with the messages before"
    return f'{finding.rule}{title}: "{text[finding.start : finding.end]}"{together} - {effect}.'


def _lowered(screener: Screener, message: _Message) -> Iterator[tuple[str, str]]:
    """Yield the emergency rules of which a negation, the past or a look-alike made less, each with the sentence about it."""
    masks = [m for m in screener.masks.matches(message.words) if m.rule.level is Level.LOOKALIKE]
    urgent: set[str] = set()
    lowered: dict[str, str] = {}
    for match in screener.emergencies.matches(message.words):
        rule = match.rule
        mask = next((m for m in masks if covered(match, [m])), None)
        because = lowered_by(match, message.words)
        what = f"{rule.id} ({rule.title}): {message.quote(match.start, match.end)}"
        if mask is not None:
            lowered.setdefault(rule.id, f"{what} does not count: {_mask(mask, message)}.")
        elif because is not None:
            near = f"{message.quote(*because)} stands by it, so a person answers"
            lowered[rule.id] = f"{what} is lowered from emergency to clinical: {near}."
        else:
            urgent.add(rule.id)
    yield from ((name, line) for name, line in lowered.items() if name not in urgent)


def _not_counted(screener: Screener, message: _Message, counted: set[str]) -> Iterator[str]:
    """Yield the rules whose words stand in the message and that do not count, and why."""
    # Of several masks the narrowest says most.
    masks = sorted(screener.masks.matches(message.words), key=lambda m: (m.end - m.start, not m.rule.own))
    seen = set(counted)
    for index in (screener.emergencies, screener.own_health, screener.health):
        for rule, pattern in index.candidates(message.words).values():
            if rule.id in seen:
                continue
            for start, end in find(pattern, message.words):
                why = _exception(rule, start, end, message) or _hidden(rule, start, end, masks, message)
                if why:
                    seen.add(rule.id)
                    yield f"{rule.id}: {message.quote(start, end)} does not count: {why}."
                    break


def _exception(rule: Rule, start: int, end: int, message: _Message) -> str | None:
    for pattern in rule.absent:
        for first, last in find(pattern, message.words):
            return f"the message speaks of {message.quote(first, last)}, where this rule does not hold"
    for pattern in rule.unless:
        for first, last in find(pattern, message.words, True):
            if first < end and start < last:
                return f"the rule makes an exception of {message.quote(first, last)}"
    return None


def _hidden(rule: Rule, start: int, end: int, masks: Sequence[Match], message: _Message) -> str | None:
    if rule.level in URGENT:
        return None
    for mask in masks:
        if (
            (mask.rule.own or mask.rule.level is Level.LOOKALIKE or not rule.own)
            and mask.start < end
            and start < mask.end
        ):
            return _mask(mask, message)
    return None


def _mask(mask: Match, message: _Message) -> str:
    return f"{message.quote(mask.start, mask.end)} is {mask.rule.id} ({mask.rule.title})"


def _switched_off(screener: Screener, message: _Message) -> Iterator[str]:
    off = screener.book.off
    rules = [rule for rule in screener.book.rules if rule.id in off]
    for match in RuleIndex.build(rules).matches(message.words):
        words = message.quote(match.start, match.end)
        yield f"{match.rule.id}: {words} does not count: switched off here, {off[match.rule.id].reason}."


def decision(judged: Screening, visibility: Visibility) -> str:
    """Say what a judgement means for the patient."""
    if judged.decision is Decision.EMERGENCY:
        return "emergency: the emergency number is sent at once and a person takes over."
    if Category.CLINICAL in judged.categories:
        return "hand_off: the message is about health, so a person answers it on a private channel."
    if judged.decision is Decision.HAND_OFF:
        where = "under a public post" if visibility is Visibility.PUBLIC else "in the message"
        return f"hand_off: it stands {where} who somebody is, so a person answers on a private channel."
    if judged.findings:
        return "answer: only a name was found; it is redacted and the question answered."
    return "answer: nothing was found against an answer."
