"""The people of the house, as the rest of it reaches them."""

from onetime.services.foundation import Foundation, Subject
from onetime.services.people.accounts import AccountService
from onetime.services.people.logins import LoginService
from onetime.services.people.tokens import TokenService


class PeopleServices(Subject):
    """Users, their logins and the tokens of programs."""

    def __init__(self, base: Foundation) -> None:
        self.logins = LoginService(base.database, base.bus, base.aging)
        self.accounts = AccountService(base.database, self.logins)
        self.tokens = TokenService(base.database)
