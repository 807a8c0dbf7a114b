"""A faster check of what the action server answers.

Rasa compiles its JSON schema anew for every response of a custom action, which takes about four fifths of a turn. The schema never
changes, so it is compiled once here. Everything else is Rasa's: the schema, which error is chosen, and the words added to it.
"""

from typing import Any, Final

import rasa
import structlog
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.constants import DOCS_BASE_URL

KNOWN_RASA_VERSION: Final = "3.6.21"
"""The release whose `RemoteAction._validate_action_result` this module was compared with."""

_ADVICE: Final = (
    ". Failed to validate Action server response from API, "
    "make sure your response from the Action endpoint is valid. "
    f"For more information about the format visit {DOCS_BASE_URL}/custom-actions"
)

_log = structlog.get_logger(__name__)


def _compiled() -> Any:
    """Compile Rasa's schema of an action's response."""
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)
    validator.check_schema(schema)
    return validator(schema)


_VALIDATOR: Final = _compiled()


def validate_action_result(action: RemoteAction, result: dict[str, Any]) -> bool:
    """Check an action's response; a drop-in for `RemoteAction._validate_action_result`.

    Raises jsonschema's ValidationError for a response that Rasa's schema refuses.
    """
    error = best_match(_VALIDATOR.iter_errors(result))
    if error is None:
        return True
    error.message += _ADVICE
    raise error


def install() -> bool:
    """Put the compiled check in the place of Rasa's; leave Rasa's, and say so, in a release it was not compared with."""
    if rasa.__version__ != KNOWN_RASA_VERSION:
        _log.warning("action_validation.not_installed", rasa=rasa.__version__, known=KNOWN_RASA_VERSION)
        return False
    RemoteAction._validate_action_result = validate_action_result
    return True
