"""What can be done about a listed session: have a look at it in the review inbox."""

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.web.frame import routes
from onetime.web.frame.access import needs, visitor


class SessionActions(rx.State):
    """The actions of the list of sessions, wherever it is shown."""

    @needs(Permission.REVIEW_SESSIONS)
    async def review(self, transaction_id: int) -> object:
        """Put a session into the inbox, to correct, assign or discard it, and open it there."""
        item_id = await current().reviews.ask_about(transaction_id, visitor().actor)
        return rx.redirect(routes.review(item_id))
