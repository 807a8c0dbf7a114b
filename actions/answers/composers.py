"""Which function composes the answer to which intent. Pure."""

from collections.abc import Callable, Mapping

from actions.answers import care, finding, house, money, opening, places, smalltalk, visiting
from actions.answers.asked import Asked
from actions.calls import Reply

Composer = Callable[[Asked], Reply]

COMPOSERS: Mapping[str, Composer] = {
    "visiting_hours": visiting.answer_visiting,
    "opening_hours": opening.answer_opening,
    "location_directions": places.answer_location,
    "parking": places.answer_parking,
    "insurance": money.answer_insurance,
    "billing_payment": money.answer_billing,
    "find_doctor_department": finding.answer_finding,
    "medical_records_request": care.answer_records,
    "test_results_howto": care.answer_results,
    "prescriptions_refill_howto": care.answer_prescriptions,
    "emergency_department_info": finding.answer_emergency_department,
    "costs": money.answer_costs,
    "languages_interpreter": house.answer_languages,
    "accessibility": places.answer_accessibility,
    "food_cafeteria": house.answer_food,
    "wifi_phone_rooms": house.answer_rooms,
    "lost_found": house.answer_lost,
    "vaccination_info_general": care.answer_vaccinations,
    "telehealth_info": care.answer_telehealth,
    "jobs_volunteering": house.answer_jobs,
    "feedback_complaint_general": house.answer_feedback,
    "thanks_praise": smalltalk.answer_thanks,
    "greet": smalltalk.answer_greeting,
    "goodbye": smalltalk.answer_goodbye,
    "bot_challenge": smalltalk.answer_bot_challenge,
}


def compose(intent: str, asked: Asked) -> Reply | None:
    """Compose the answer to a question, or None when the intent has none of its own."""
    composer = COMPOSERS.get(intent)
    return composer(asked) if composer else None
