"""Answers about insurance, prices and bills. Pure."""

import re

from actions.answers import quick
from actions.answers.asked import Asked
from actions.answers.names import names_of
from actions.answers.wording import chosen, listed, reply, week_text
from actions.calls import Reply
from actions.hospital.money import Insurer

# A word after these is an insurer, unless it is one of the everyday words that follow.
_SOME_INSURER = re.compile(
    r"\b(?:accept|take|taking|in[- ]network with|network for|covered by|work with|contract with|have)\s+"
    r"(?!my\b|any\b|all\b|the\b|a\b|an\b|your\b|our\b|most\b|insur|plan|patients|it\b|them\b|this\b|that\b|out\b|self|no\b|to\b|cash|"
    r"private|health|what|which|international|foreign|travel|new|me\b|us\b)[a-z]{3,}",
    re.IGNORECASE,
)


def answer_insurance(asked: Asked) -> Reply:
    """Answer whether an insurer is accepted, or how insurance works here."""
    insurance = asked.hospital.insurance
    named = [mention.value for mention in names_of(asked.hospital).insurers.find(asked.text)]
    accepted = {one.name: one for one in insurance.accepted}
    sentences: list[str | None] = [
        _accepted(accepted[name]) if name in accepted else f"We are sorry, we are not in the network of {name}."
        for name in dict.fromkeys(named)
    ]
    if any(name not in accepted for name in named):
        sentences.append(insurance.out_of_network)
    aspects = (
        (r"pre-?\s?auth|authori[sz]|prior|approval|pre-?cert", insurance.authorization),
        (r"cover|copay|co-pay|deductible|pay for|pays for", insurance.coverage),
        (r"out[- ]of[- ]network|not in network|outside", insurance.out_of_network),
        (r"no insurance|uninsured|without insurance|don'?t have insurance|not insured", insurance.uninsured),
        (r"bring|card\b|need to show", insurance.bring),
    )
    about = chosen(asked.text, aspects, ())
    if not named and not about:
        unknown = _SOME_INSURER.search(asked.text)
        sentences.append("I do not find that insurer in my list." if unknown else None)
        sentences.append(f"We accept {listed([one.name for one in insurance.accepted])}.")
    call = f"{insurance.check} Insurance team: {insurance.phone}."
    return reply([*sentences, *about, call], (quick.INSURANCE, quick.PRICES, quick.FINANCIAL_HELP, quick.BOOK))


def _accepted(insurer: Insurer) -> str:
    plans = f" ({listed(insurer.plans)})" if insurer.plans else ""
    return f"Yes, we accept {insurer.name}{plans}." + (f" {insurer.note}" if insurer.note else "")


def answer_costs(asked: Asked) -> Reply:
    """Answer what something costs without insurance, or how estimates and help work."""
    costs = asked.hospital.costs
    named = {mention.value for mention in names_of(asked.hospital).prices.find(asked.text)}
    prices = [price for price in costs.prices if price.name in named][:4]
    sentences: list[str | None] = []
    if prices:
        amounts = listed([f"{price.name} {price.price}" for price in prices])
        sentences = [f"Prices without insurance: {amounts}.", *(price.note for price in prices)]
    aspects = (
        (
            r"financial|assist|charity|afford|low[- ]income|help (?:with|paying)|can'?t pay|free care|waive|hardship",
            costs.financial_assistance,
        ),
        (r"self[- ]?pay|cash|out of pocket|discount|pay(?:ing)? (?:it )?myself|uninsured|no insurance", costs.self_pay),
        (r"with (?:my |our )?insurance|copay|my plan|deductible|insured", costs.with_insurance),
        (r"estimate|quote|written|how accurate", costs.estimate),
    )
    about = chosen(asked.text, aspects, () if prices else (None if asked.asks(r"price list") else costs.estimate,))
    if not prices and not asked.asks(r"financial|charity|assist|afford"):
        about.insert(0, f"Our price list is at {costs.price_list}.")
    call = f"Estimate team: {costs.estimate_phone}, {week_text(costs.estimate_hours, asked.hospital)}."
    return reply(
        [*sentences, *about, call], (quick.ESTIMATE, quick.FINANCIAL_HELP, quick.INSURANCE, quick.PAYMENT_PLAN)
    )


def answer_billing(asked: Asked) -> Reply:
    """Answer how to pay and whom to ask about a bill."""
    billing = asked.hospital.billing
    pay = f"{billing.pay.rstrip('.')}: {billing.online}"
    aspects = (
        (
            r"plan\b|instal|monthly|in parts|split|over time|can'?t pay|more time|extension|all at once|interest",
            billing.plan,
        ),
        (
            r"receipt|invoice|itemi[sz]ed|statement|copy of (?:my|the) bill|paperless|tax|resend|balance|what i owe|account number",
            billing.receipt,
        ),
        (r"refund|money back|overpaid|over paid|reimburs|deposit", billing.refund),
        (
            r"wrong|mistake|twice|error|dispute|don'?t understand|didn'?t|did not|why|recogni[sz]e|double|charged|"
            r"collections|cancel|separate|never|fix",
            billing.question,
        ),
        (r"cards?\b|cash|check\b|cheque|hsa|fsa|transfer|paypal|venmo|apple pay|ways|wire|iban|mail", billing.ways),
        (r"where|office|in person|window|counter", billing.office),
        (r"how|pay\b|online|website|portal|link", pay),
    )
    sentences = chosen(asked.text, aspects, (pay, billing.question))
    call = f"Billing team: {billing.phone}, {week_text(billing.hours, asked.hospital)}."
    private = "Please do not send bill, account or medical details here."
    steps = (quick.PAYMENT_PLAN, quick.FINANCIAL_HELP, quick.INSURANCE, quick.PERSON)
    return reply(sentences, steps, closing=[private, call])
