"""Suggested next steps; each payload is text that the patient could have typed. Pure."""

from actions.calls import QuickReply
from actions.hospital import Department, Hospital

VISITING = QuickReply("Visiting hours", "What are the visiting hours?")
OPENING = QuickReply("Opening hours", "What are your opening hours?")
DIRECTIONS = QuickReply("Directions", "How do I get to the hospital?")
PARKING = QuickReply("Parking", "Where can I park?")
DISABLED_PARKING = QuickReply("Disabled parking", "Where is disabled parking?")
BOOK = QuickReply("Book appointment", "I would like to book an appointment")
FIND = QuickReply("Find a department", "Which departments do you have?")
INSURANCE = QuickReply("Insurance", "Which insurance do you accept?")
PRICES = QuickReply("Prices", "How much does a visit cost?")
ESTIMATE = QuickReply("Get an estimate", "How do I get a price estimate?")
FINANCIAL_HELP = QuickReply("Financial help", "Do you have financial assistance?")
BILL = QuickReply("Pay a bill", "How do I pay my bill?")
PAYMENT_PLAN = QuickReply("Payment plan", "Can I pay my bill in parts?")
RECORDS = QuickReply("Medical records", "How do I get a copy of my medical records?")
RESULTS = QuickReply("Test results", "How do I get my test results?")
REFILL = QuickReply("Refill how-to", "How do I request a prescription refill?")
PHARMACY = QuickReply("Pharmacy hours", "When is the pharmacy open?")
EMERGENCY = QuickReply("ER information", "Is the emergency room open now?")
URGENT_CARE = QuickReply("Urgent care hours", "When is urgent care open?")
INTERPRETER = QuickReply("Interpreter", "Can I get an interpreter?")
ACCESS = QuickReply("Wheelchair access", "Is the hospital wheelchair accessible?")
FOOD = QuickReply("Cafeteria", "When is the cafeteria open?")
WIFI = QuickReply("Wi-Fi", "Do you have free wifi?")
ROOMS = QuickReply("Patient rooms", "Do the rooms have a TV and a phone?")
LOST = QuickReply("Lost property", "Where is lost and found?")
FLU_SHOTS = QuickReply("Flu shots", "Do you offer flu shots?")
VIDEO = QuickReply("Video visits", "How do video visits work?")
JOBS = QuickReply("Jobs", "Do you have open jobs?")
VOLUNTEER = QuickReply("Volunteering", "How can I volunteer?")
FEEDBACK = QuickReply("Give feedback", "How do I give feedback?")
PERSON = QuickReply("Talk to a person", "Talk to a person")

OF_INTENT = {
    "visiting_hours": VISITING,
    "opening_hours": OPENING,
    "location_directions": DIRECTIONS,
    "parking": PARKING,
    "find_doctor_department": FIND,
    "insurance": INSURANCE,
    "costs": PRICES,
    "billing_payment": BILL,
    "medical_records_request": RECORDS,
    "test_results_howto": RESULTS,
    "prescriptions_refill_howto": REFILL,
    "emergency_department_info": EMERGENCY,
    "languages_interpreter": INTERPRETER,
    "accessibility": ACCESS,
    "food_cafeteria": FOOD,
    "wifi_phone_rooms": WIFI,
    "lost_found": LOST,
    "vaccination_info_general": FLU_SHOTS,
    "telehealth_info": VIDEO,
    "jobs_volunteering": JOBS,
    "feedback_complaint_general": FEEDBACK,
}
"""What suggests each intent: not worth suggesting once it has just been answered."""


def visiting_of(department: Department) -> QuickReply:
    """Suggest a ward's visiting hours."""
    return QuickReply(department.name, f"When can visitors come to {department.called}?")


def hours_of(department: Department) -> QuickReply:
    """Suggest a department's opening hours."""
    return QuickReply("Opening hours", f"When is {department.called} open?")


def way_to(department: Department) -> QuickReply:
    """Suggest the way to a department."""
    return QuickReply("Where is it?", f"Where is {department.called}?")


def booking_with(department: Department, hospital: Hospital) -> tuple[QuickReply, ...]:
    """Suggest booking where a department takes bookings."""
    if department.id not in hospital.booking.departments:
        return ()
    return (QuickReply("Book appointment", f"I would like to book an appointment with {department.called}"),)
