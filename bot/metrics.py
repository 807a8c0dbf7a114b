"""What ops watches: counts and times, never contents."""

from prometheus_client import Counter, Gauge, Histogram

RECEIVED = Counter("frontdesk_webhook_events", "Events the platform delivered", ["kind"])
REFUSED = Counter("frontdesk_webhook_refused", "Webhook requests refused", ["reason"])
NOT_STORED = Counter(
    "frontdesk_webhook_not_stored", "Deliveries that could not be stored; the platform sends them again"
)
TURNS = Counter("frontdesk_turns", "Messages worked on", ["result"])
TURN_SECONDS = Histogram(
    "frontdesk_turn_seconds",
    "From the stored message to the stored reply",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 4, 8, 16),
)
SCREENINGS = Counter("frontdesk_screenings", "Messages screened", ["decision"])
DIALOGUE_FAILURES = Counter("frontdesk_dialogue_failures", "Turns in which Rasa gave no usable answer", ["reason"])
SENT = Counter("frontdesk_outbox", "Attempts to send a reply", ["result"])
WAITING = Gauge("frontdesk_inbox_oldest_seconds", "Age of the oldest unfinished message")
UNSENT = Gauge(
    "frontdesk_outbox_oldest_seconds", "Age of the oldest reply that the platform has neither taken nor refused"
)
DEAD_LETTERS = Gauge("frontdesk_dead_letters", "Deliveries and events that could not be read")
HOSPITAL_PROBLEMS = Gauge(
    "frontdesk_hospital_problems", "Problems of hospital.yml as it is now; with any, its last good version is in force"
)
