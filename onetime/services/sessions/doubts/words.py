"""The reasons for a doubt in a person's words: a short name, what it means, and what can be done about it."""

from dataclasses import dataclass

from onetime.services.sessions.doubts.reasons import Doubt
from onetime.texts import Text, _


@dataclass(frozen=True, slots=True)
class DoubtText:
    """What a person reads about one reason."""

    name: Text
    meaning: Text
    advice: Text


DOUBT_TEXTS: dict[Doubt, DoubtText] = {
    Doubt.STOP_WITHOUT_START: DoubtText(
        _("End without a session"),
        _("The charger reported the end of a session, but it fits none that waits for its end."),
        _("Match it to a session that has no end of its own, make a session of it, or discard it."),
    ),
    Doubt.STOP_NEVER_CAME: DoubtText(
        _("End never reported"),
        _("The charger never reported the end of this session. It was ended at its last reading that can be right."),
        _("Accept it if the readings look complete, or correct its end."),
    ),
    Doubt.STOP_AFTER_DECISION: DoubtText(
        _("End reported too late"),
        _("The charger reported the end of this session after somebody had decided about it."),
        _("Compare both: correct the session, or pass over the late report."),
    ),
    Doubt.REGISTER_WENT_BACK: DoubtText(
        _("Meter went back"),
        _("The meter showed less at the end of the session than at its start, so its energy is not known."),
        _("Correct the registers, from the readings below or from the meter itself."),
    ),
    Doubt.CLOCK_WENT_BACK: DoubtText(
        _("Ended before it started"),
        _("By the charger’s clock this session ended before it started."),
        _("Correct its times; the times its messages arrived are below."),
    ),
    Doubt.FASTER_THAN_CONNECTOR: DoubtText(
        _("Too much energy"),
        _("More energy was counted than the connector can deliver in this time."),
        _("Accept it if the connector’s power is set too low, else correct the registers."),
    ),
    Doubt.ENDS_CONTRADICTED: DoubtText(
        _("Readings against the end or start"),
        _("The readings do not fit the meter reading that the charger gave for the start or for the end."),
        _("Correct the registers, from the readings below or from the meter itself."),
    ),
    Doubt.METER_STOOD_STILL: DoubtText(
        _("Meter stood still"),
        _("The charger measured that power flowed, but its meter did not count it."),
        _("Correct the end by what the power adds up to, or accept it if the car did not charge."),
    ),
    Doubt.METER_SHARED: DoubtText(
        _("One meter for two plugs"),
        _("Another plug of this charger showed the same registers at the same time, so both claim the same energy."),
        _("Correct the registers of both, each to its own part, or accept both if each has a meter of its own."),
    ),
    Doubt.OVERLAPPING: DoubtText(
        _("Counted twice"),
        _("This session claims energy that another session of the same connector has too."),
        _("Discard it if it was the same charging, else correct the registers so that the two do not overlap."),
    ),
    Doubt.REGISTER_MISSING: DoubtText(
        _("No meter reading"),
        _("The charger gave no meter reading for the start or for the end of this session."),
        _("Correct the registers, from the readings below or from the meter itself."),
    ),
    Doubt.CONNECTOR_UNKNOWN: DoubtText(
        _("Connector not known"),
        _("The charger did not say at which of its connectors this session was."),
        _("Make the session at its connector if somebody knows it, else discard it."),
    ),
    Doubt.TIME_UNKNOWN: DoubtText(
        _("Time not known"),
        _("Neither the charger nor this system knew what time it was."),
        _("Correct the times if somebody knows them; the energy itself is measured."),
    ),
    Doubt.START_REPEATED: DoubtText(
        _("Started like an earlier one"),
        _("This session began exactly like an earlier one that has ended: same card, time and meter reading."),
        _("Discard it if it is the same session reported twice, else accept it."),
    ),
    Doubt.REFUSED_CARD: DoubtText(
        _("Charged with a refused card"),
        _("The card was refused, but energy flowed all the same."),
        _("Assign the session to whoever charged, or discard it."),
    ),
    Doubt.IMPLAUSIBLE_READING: DoubtText(
        _("Reading out of line"),
        _("A reading of this session went back, or rose faster than the connector delivers. It is in no bill."),
        _("Accept the session if its start and end are right; the reading itself stays out."),
    ),
    Doubt.REGISTER_JUMPED: DoubtText(
        _("Meter jumped between sessions"),
        _("While nobody charged, the meter went back, or rose faster than the connector delivers."),
        _("Look whether the meter was exchanged or is defective, then discard this entry. No session is billed by it."),
    ),
    Doubt.CHARGED_WITHOUT_SESSION: DoubtText(
        _("Charged without a session"),
        _("The connector charged, but its charger reported no start. Until then the energy counts for the house."),
        _("Make a session of it if somebody knows whose it was, or discard this entry."),
    ),
    Doubt.ASKED_FOR: DoubtText(
        _("Somebody wants a look"),
        _("Somebody put this session here to look at it."),
        _("Correct, assign or discard it, or accept it as it is."),
    ),
}
