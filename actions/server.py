"""The action server: what Rasa calls to run a custom action.

Protocol: https://rasa.com/docs/rasa/action-server/pages/action-server-api — one POST with the tracker, answered with events and responses.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from aiohttp import web

from actions import answers, booking
from actions.calls import Action, Call, Entity, Outcome, Question, Reply
from actions.faults import where_raised
from actions.handoff import action as handoff
from actions.services import Services

ACTIONS: dict[str, Action] = {**answers.ACTIONS, **booking.ACTIONS, **handoff.ACTIONS}
_DEADLINE_SECONDS = 4.0
"""Less than the turn waits for Rasa, so that a hanging action is told apart from a hanging Rasa."""

_log = structlog.get_logger()


def action_routes(services: Services, actions: Mapping[str, Action] = ACTIONS) -> list[web.RouteDef]:
    """Give the routes of the action server."""

    async def run(request: web.Request) -> web.Response:
        document = await request.json()
        name = document["next_action"]
        action = actions.get(name)
        if action is None:
            _log.error("action.unknown", action=name)
            return web.json_response({"error": f"no action is called {name}", "action_name": name}, status=404)
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                outcome = await action(read_call(document), services)
        except Exception as error:  # whatever went wrong, the turn's watchdog answers the patient
            _log.error("action.failed", action=name, error=type(error).__name__, at=where_raised(error))
            return web.json_response({"error": f"{name} failed", "action_name": name}, status=500)
        return web.json_response(write_outcome(outcome))

    return [web.post("/webhook", run)]


def read_call(document: Mapping[str, Any]) -> Call:
    """Read Rasa's request."""
    tracker = document["tracker"]
    latest = tracker.get("latest_message") or {}
    text = latest.get("text") or ""
    intent = (latest.get("intent") or {}).get("name") or ""
    entities = _entities(latest.get("entities"))
    questions = tuple(
        Question(one["text"], one["intent"], _entities(one.get("entities"))) for one in latest.get("questions") or ()
    )
    events = tracker.get("events") or []
    return Call(
        action=document["next_action"],
        conversation=tracker["sender_id"],
        text=text,
        intent=intent,
        questions=questions or (Question(text, intent, entities),),
        slots=tracker.get("slots") or {},
        active_loop=(tracker.get("active_loop") or {}).get("name"),
        metadata=_metadata(latest, events),
        events=events,
    )


def write_outcome(outcome: Outcome) -> dict[str, Any]:
    """Write what an action did as Rasa's response."""
    responses = [response for reply in outcome.replies for response in _responses(reply)]
    return {"events": list(outcome.events), "responses": responses}


def _responses(reply: Reply) -> list[dict[str, Any]]:
    response: dict[str, Any] = {"text": reply.text}
    if reply.quick_replies:
        response["buttons"] = [{"title": one.title, "payload": one.payload} for one in reply.quick_replies]
    return [response, {"custom": {"room": str(reply.room)}}] if reply.room else [response]


def _entities(found: Any) -> tuple[Entity, ...]:
    return tuple(Entity(one["entity"], str(one["value"]), one["start"], one["end"]) for one in found or ())


def _metadata(latest: Mapping[str, Any], events: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Give what came with the message; a message of another channel has only the screening that Rasa's side made."""
    metadata = latest.get("metadata")
    if not metadata:
        metadata = next((event.get("metadata") or {} for event in reversed(events) if event.get("event") == "user"), {})
    return {"screening": latest.get("screening"), **metadata}
