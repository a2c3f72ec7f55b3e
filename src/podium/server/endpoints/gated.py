"""What the gate answers itself: sessions and the audit. They are routes for the document's sake."""

from podium.server.gate import Login
from podium.server.route import Asked, NoBody
from podium.server.service import Service
from podium.server_errors import NothingThereError
from podium.views.view import View


class AuditQuery(View):
    """Which page of the audit: `cursor` is the `next` of the one before."""

    cursor: str = ""


async def answered_before(service: Service, asked: Asked[AuditQuery, NoBody | Login]) -> View:
    """Say that there is no gate: with one, nothing comes here."""
    del service, asked
    message = "there is no gate before this application, which alone knows sessions and the audit"
    raise NothingThereError(message)
