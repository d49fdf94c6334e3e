"""A row that cannot be read harms the charger it is about, and no other."""

import asyncio

from sqlalchemy import text
from sqlmodel import Session

from onetime.events import ChargerSecurityChanged
from onetime.models import ChargerSecurity
from onetime.services.runtime import restore
from tests.integration.conftest import House
from tests.integration.driving.charger_login import known_charger, refusal, until


def spoil(session: Session, charger_id: int) -> None:
    """Store a password whose state no version of Onetime knows, as another process could."""
    session.execute(
        text("UPDATE charger_password SET state = 'of another version' WHERE charger_id = :id"), {"id": charger_id}
    )
    session.get_one(ChargerSecurity, charger_id).revision += 1


async def test_a_raised_profile_is_enforced_beside_a_row_that_cannot_be_read(house: House) -> None:
    """The command line raises one charger's profile while another's row is spoilt."""
    spoilt = await known_charger(house, profile=1)
    async with house.charger("KEBA-08") as charger:
        other = next(each.id for each in house.services.chargers.live.chargers() if each.identity == "KEBA-08")

        def work(session: Session) -> None:
            spoil(session, spoilt)
            session.add(ChargerSecurity(charger_id=other, profile=1, revision=1))

        await house.services.database.write(work)
        await until(house, ChargerSecurityChanged, lambda: house.services.security.logins.facts(other).profile == 1)
        await asyncio.wait_for(charger.socket.wait_closed(), 5)
    assert house.services.background.trouble() is None


async def test_a_charger_whose_passwords_cannot_be_read_is_refused(house: House) -> None:
    charger_id = await known_charger(house, profile=1)
    await house.services.database.write(lambda s: spoil(s, charger_id))
    await house.services.database.read(lambda s: restore(s, house.services))
    assert (await refusal(house, b"anything at all")).response.status_code == 401
