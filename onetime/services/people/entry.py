"""The people of the house, as the rest of it reaches them."""

from onetime.services.foundation import Foundation, Subject
from onetime.services.people.accounts import AccountService


class PeopleServices(Subject):
    """Users, their logins and their tokens."""

    def __init__(self, base: Foundation) -> None:
        self.accounts = AccountService(base.database, base.aging)
