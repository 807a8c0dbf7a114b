"""Private-room links: the case's id and a code that only the vault's key makes. Pure."""

from uuid import UUID

from actions.handoff.vault import Vault

PATH = "/room"


def room_link(public_url: str, case: UUID, vault: Vault) -> str:
    """Give the link of a case's private room."""
    return f"{public_url}{PATH}/{case}.{vault.link_code(_subject(case))}"


def case_of_link(token: str, vault: Vault) -> UUID | None:
    """Give the case that a link's last part opens, or None."""
    name, _, code = token.partition(".")
    try:
        case = UUID(name)
    except ValueError:
        return None
    return case if vault.link_code_fits(_subject(case), code) else None


def _subject(case: UUID) -> str:
    return f"room/{case}"
