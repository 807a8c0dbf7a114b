"""Server-rendered pages: Jinja templates on one base, with headers that allow nothing from elsewhere and no script."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_FOLDER = Path(__file__).parent

SECURITY_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOTHING_ELSE = "default-src 'none'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


class Pages:
    """Renders the templates of one folder, on the shared base."""

    def __init__(self, templates: Path) -> None:
        """Read templates from `templates` and, for what is shared, from bot/pages/templates."""
        self.environment = Environment(
            loader=FileSystemLoader([templates, _FOLDER / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        style = (_FOLDER / "pages.css").read_text(encoding="utf-8")
        self.environment.globals["style"] = style
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._policy = f"{_NOTHING_ELSE}; style-src 'sha256-{digest}'"

    def show(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """Render `template` as an answer that is neither stored, indexed, framed nor scripted."""
        return web.Response(
            text=self.environment.get_template(template).render(values),
            status=status,
            content_type="text/html",
            headers={**SECURITY_HEADERS, "Content-Security-Policy": self._policy},
        )


def from_own_page(request: web.Request) -> bool:
    """Say whether a request that changes something comes from a page of this site.

    Browsers say so in Sec-Fetch-Site; older ones only in Origin, which is `null` under our own referrer policy.
    https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin", "null")
    return origin == "null" or origin.partition("://")[2] == request.host
