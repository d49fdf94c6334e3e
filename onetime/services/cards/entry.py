"""Cards, as the rest of the house reaches them."""

from onetime.services.cards.authorization import AuthorizationService
from onetime.services.cards.budget import GuessLimiter, NewCardBudget
from onetime.services.cards.holders import CardService
from onetime.services.cards.remote_tags import RemoteTags
from onetime.services.foundation import Foundation, Subject


class CardServices(Subject):
    """Who may charge with which card, and whose it is."""

    def __init__(self, base: Foundation) -> None:
        unknown = base.settings.accept_unknown_cards
        self.new_cards = NewCardBudget()
        self.guesses = GuessLimiter()
        self.authorization = AuthorizationService(base.database, base.bus, self.new_cards, accept_unknown=unknown)
        self.holders = CardService(base.database, base.bus)
        self.remote_tags = RemoteTags()
