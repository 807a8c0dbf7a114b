"""An action server like the real one, in which the action that answers questions always fails."""

from actions.calls import Call, Outcome
from actions.server import ACTIONS
from actions.services import Services
from bot.cli import main


async def fail(call: Call, services: Services) -> Outcome:
    """Fail."""
    raise RuntimeError("this action always fails")


if __name__ == "__main__":
    ACTIONS["action_answer"] = fail
    main(["serve", "--role", "actions"])
