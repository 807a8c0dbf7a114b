"""What every conversation begins with: that it is an automated assistant, and how to reach a person. Pure.

Required by law in places (California Bus. & Prof. Code §17941) and by the platform's policy for automated experiences:
https://developers.facebook.com/docs/messenger-platform/policy/responsible-use
"""

from actions.calls import QuickReply, Reply
from actions.hospital import Hospital


def disclose(hospital: Hospital) -> Reply:
    """Compose the disclosure."""
    return Reply(
        f"Hello, this is the automated assistant of {hospital.name}. I answer general questions. "
        'Please do not send personal or medical details here. To reach a person at any time, write "talk to a person". '
        f"In an emergency call {hospital.emergency.number}.",
        (QuickReply("Talk to a person", "Talk to a person"),),
    )
