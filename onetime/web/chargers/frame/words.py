"""Operations in the reader's words: what was asked, what came of it, and what to do where it failed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from onetime.models import OperationRecord
from onetime.services.chargers.live import LiveCharger
from onetime.texts import Text, _

Values = dict[str, Any]


def nothing(_result: Values) -> Text | None:
    """Say nothing beyond that it is done."""
    return None


@dataclass(frozen=True, slots=True)
class Words:
    """How an operation is called, and what is said once it is done.

    A title's placeholders are the operation's parameters; ``place`` is the connector, or the charger as a whole.
    """

    title: str
    done: str
    more: Callable[[Values], Text | None] = field(default=nothing)


def title(record: OperationRecord, charger: LiveCharger) -> Text:
    """Return what was asked, such as “Start A12 for the card 04A1B2”."""
    words = _words_of(record)
    if words is None:
        return _("Operation {name}", name=record.name)
    values = {"place": place(charger, record.parameters)} | record.parameters
    return _(words.title, **{name: values.get(name, "–") for name in _placeholders(words.title)})


def outcome(record: OperationRecord) -> list[Text]:
    """Return the sentences on an operation that is done."""
    words = _words_of(record)
    if words is None:
        return [_("Done.")]
    more = words.more(record.result or {})
    return [_(words.done)] if more is None else [_(words.done), more]


def advice(record: OperationRecord) -> Text | None:
    """Return what to do now that an operation has failed, where there is something."""
    return ADVICE.get(record.code or "")


def place(charger: LiveCharger, parameters: Values) -> str:
    """Return what people call the connector an operation is about, or the charger."""
    number = parameters.get("connector")
    connector = charger.connectors.get(number) if isinstance(number, int) and number > 0 else None
    return connector.label if connector is not None else charger.identity


def _words_of(record: OperationRecord) -> Words | None:
    if record.name == "change_availability":
        return _INTO_SERVICE if record.parameters.get("available") else _OUT_OF_SERVICE
    return WORDS.get(record.name)


def _placeholders(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:]]


def _settings_read(result: Values) -> Text | None:
    return _("{count} settings were read.", count=len(result.get("settings", [])))


def _settings_written(result: Values) -> Text | None:
    return _("It holds once the charger has restarted.") if result.get("reboot_needed") else None


def _firmware(result: Values) -> Text | None:
    version = result.get("firmware_version")
    return _("Its firmware is {version}.", version=version) if version else None


def _cards(result: Values) -> Text | None:
    return _("{count} cards may charge without a connection.", count=result.get("cards", 0))


def _limit(result: Values) -> Text | None:
    applied = result.get("applied_a")
    return _("The charger now allows {applied} A.", applied=applied) if applied is not None else None


def _cleared(result: Values) -> Text | None:
    return _("Nothing fitted.") if result.get("status") == "Unknown" else None


def _arrived(result: Values) -> Text | None:
    kind = result.get("kind")
    return _("{kind} has arrived; the log shows it.", kind=kind) if kind else None


_INTO_SERVICE = Words(_("Put {place} back into service"), _("It is in service."))
_OUT_OF_SERVICE = Words(_("Take {place} out of service"), _("It is out of service."))

WORDS: dict[str, Words] = {
    "start": Words(_("Start {place} for the card {id_tag}"), _("The session has begun.")),
    "stop": Words(_("Stop {place}"), _("The session has ended.")),
    "unlock": Words(_("Release the cable of {place}"), _("The cable is released.")),
    "reset": Words(_("Restart {place}"), _("The charger is back."), _firmware),
    "reserve": Words(_("Reserve {place} for the card {id_tag}"), _("It is reserved.")),
    "cancel_reservation": Words(_("Cancel the reservation of {place}"), _("It is free again.")),
    "push_authorization_list": Words(
        _("Update the list of cards in {place}"), _("The charger has the cards of this house."), _cards
    ),
    "clear_cache": Words(_("Clear the cache of {place}"), _("It asks about every card again.")),
    "set_current_limit": Words(_("Limit {place} to {limit_a} A"), _("The limit is set."), _limit),
    "clear_current_limit": Words(_("Remove the limit of {place}"), _("The limit is removed.")),
    "clear_charging_profiles": Words(_("Clear charging profiles of {place}"), _("They are cleared."), _cleared),
    "composite_schedule": Words(_("Ask {place} for its limits of the next hours"), _("The charger has answered.")),
    "read_settings": Words(_("Read the settings of {place}"), _("The charger has answered."), _settings_read),
    "write_settings": Words(
        _("Change settings of {place}"), _("The charger has taken it and reads it back."), _settings_written
    ),
    "trigger": Words(_("Ask {place} for {message}"), _("The message has come."), _arrived),
    "update_firmware": Words(_("Update the firmware of {place}"), _("The new firmware is installed."), _firmware),
    "fetch_diagnostics": Words(_("Fetch the diagnostics of {place}"), _("The file has arrived.")),
    "fetch_log": Words(_("Fetch the log of {place}"), _("The file has arrived.")),
    "change_password": Words(_("Change the password of {place}"), _("The charger logs in with its new password.")),
    "renew_certificate": Words(_("Renew the certificate of {place}"), _("The charger has its new certificate.")),
    "raise_security_profile": Words(
        _("Raise the security profile of {place}"), _("The charger connects with the higher profile.")
    ),
    "install_certificate": Words(_("Install a certificate in {place}"), _("The charger keeps the certificate.")),
    "list_certificates": Words(_("List the certificates in {place}"), _("The charger has answered.")),
    "delete_certificate": Words(_("Delete a certificate in {place}"), _("The certificate is deleted.")),
}

# What to do now, by the kind of problem.
ADVICE: dict[str, Text] = {
    "charger-offline": _("Check its power and its network. It shows here as soon as it is back."),
    "charger-not-accepted": _("Accept the charger on the overview first."),
    "queue-full": _("Wait until the commands before it are through, or restart the charger."),
    "timed-out": _("Look at the connector: it may have done it all the same. Then try again."),
    "rejected": _("Chargers refuse what does not fit their state. Look at the connector and try again."),
    "call-error": _("This charger may lack the function. Its log shows its words."),
    "not-supported": _("This charger cannot do it; its manufacturer may have a newer firmware."),
    "card-refused": _("Accept the card on the page of cards, or choose another one."),
    "nothing-charging": _("There is nothing to do."),
    "nothing-reserved": _("There is nothing to do."),
    "occupied": _("Wait until the car is gone, or choose another connector."),
    "reserved": _("Start it for the card it is reserved for, or cancel the reservation first."),
    "faulted": _("Look at the charger; a restart may help."),
    "unavailable": _("Put it back into service first."),
    "list-too-long": _("Block the cards nobody needs any more, then try again."),
    "no-file": _("The charger had nothing to send for this time; ask for a longer one."),
    "nothing-to-upload": _("The charger had nothing to send for this time; ask for a longer one."),
    "no-such-file": _("Choose a firmware of the list on the page Files."),
    "no-common-protocol": _("Set ONETIME_FTP_PORT or ONETIME_FILES_URL so that the charger can reach this house."),
    "no-way-to-charger": _("Set ONETIME_ADDRESS so that the charger can reach this house."),
    "upload-failed": _("Ask again. If it stays, the charger may not reach this house’s port for files."),
    "charging": _("Try again when no car charges."),
    "not-ready": _("The page Security says what is missing."),
    "not-applied": _("Ask the charger for its limits of the next hours; they show what it does instead."),
    "unlock-failed": _("Pull the car’s end of the cable first, then try again at the charger."),
    "another-card": _("Somebody held a card to the charger meanwhile."),
    "connection-lost": _("Look at the connector: it may have done it all the same. Then try again."),
    "not-fetched": _("Restart the charger and try again; the file may be for another model."),
    "restarted": _("Ask again, if it is still wanted."),
    "read-only": _("The charger’s manufacturer has fixed this setting."),
    "not-kept": _("Some chargers take a value only after a restart. Restart it and read the settings again."),
    "dangerous": _("Leave this setting as it is."),
    "unexpected": _("Try again. If it stays, the log of Onetime shows what it is."),
}
