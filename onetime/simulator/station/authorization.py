"""What the charger knows about cards: the local list and the cache (OCPP 1.6, 3.5)."""

from dataclasses import dataclass
from datetime import datetime

from onetime.simulator.station.configuration import Configuration
from onetime.simulator.vocabulary import JsonObject, parse_time


@dataclass(frozen=True, slots=True)
class CardInfo:
    """An idTagInfo the central system has given."""

    status: str
    expires_at: datetime | None
    parent_id_tag: str | None

    def accepted_at(self, at: datetime) -> bool:
        """Tell whether the card is good at an instant."""
        return self.status == "Accepted" and (self.expires_at is None or at < self.expires_at)


class Authorization:
    """The local authorization list and the cache. Cards are compared without regard to case."""

    def __init__(self, configuration: Configuration) -> None:
        self.list_version = 0
        self.local_list: dict[str, JsonObject] = {}
        self._cache: dict[str, JsonObject] = {}
        self._configuration = configuration

    def remember(self, id_tag: str, info: JsonObject) -> None:
        """Cache what the central system said about a card that is not on the local list."""
        if self._configuration.flag("AuthorizationCacheEnabled") and id_tag.lower() not in self.local_list:
            self._cache[id_tag.lower()] = info

    def clear_cache(self) -> bool:
        """Forget the cache; False when there is none."""
        self._cache.clear()
        return self._configuration.flag("AuthorizationCacheEnabled")

    def lookup(self, id_tag: str) -> CardInfo | None:
        """Return what is known about a card, the list before the cache."""
        found = None
        if self._configuration.flag("LocalAuthListEnabled"):
            found = self.local_list.get(id_tag.lower())
        if found is None and self._configuration.flag("AuthorizationCacheEnabled"):
            found = self._cache.get(id_tag.lower())
        if found is None:
            return None
        expiry = found.get("expiryDate")
        return CardInfo(found["status"], parse_time(expiry) if expiry else None, found.get("parentIdTag"))

    def accepts_unasked(self, id_tag: str, at: datetime) -> bool:
        """Tell whether a card may charge before the central system is asked (LocalPreAuthorize)."""
        info = self.lookup(id_tag)
        preauthorizes = self._configuration.flag("LocalPreAuthorize")
        return preauthorizes and info is not None and info.accepted_at(at)

    def accepts_offline(self, id_tag: str, at: datetime) -> bool:
        """Decide about a card while the central system cannot be asked (OCPP 1.6, 3.5.1)."""
        info = self.lookup(id_tag)
        if info is None:
            return self._configuration.flag("AllowOfflineTxForUnknownId")
        return self._configuration.flag("LocalAuthorizeOffline") and info.accepted_at(at)

    def same_driver(self, one: str, other: str) -> bool:
        """Tell whether two cards are the same, or of one group (OCPP 1.6, 3.10)."""
        if one.lower() == other.lower():
            return True
        first, second = self.lookup(one), self.lookup(other)
        if first is None or second is None or first.parent_id_tag is None or second.parent_id_tag is None:
            return False
        return first.parent_id_tag.lower() == second.parent_id_tag.lower()
