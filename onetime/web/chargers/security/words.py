"""Security in the reader's words: what each profile protects from, what events mean, what certificates are.

The names of events are the security whitepaper's (appendix 1), and those of this house.
"""

from onetime.models import CertificateState
from onetime.texts import Text, _

PROTECTS: tuple[Text, ...] = (
    _("Anybody in the network who knows the charger’s name can pose as it. Right for a cable of its own only."),
    _("Only who knows the password is let in. Who listens in the network can read it."),
    _("The password and everything else is encrypted, and the charger checks that this house is the right one."),
    _("As before, with a certificate of the charger’s own instead of a password. The strongest."),
)

EVENTS: dict[str, Text] = {
    "AttemptedReplayAttacks": _("Somebody sent an old message once more"),
    "CentralSystemFailedToAuthenticate": _("The charger did not recognise this house"),
    "CertificateRejected": _("The charger refused its certificate"),
    "CertificateRequestRefused": _("A request for a certificate was refused"),
    "DowngradeRefused": _("A lower security profile was asked for and refused"),
    "FailedToAuthenticateAtCentralSystem": _("The charger could not log in here"),
    "FirmwareUpdated": _("The firmware was updated"),
    "InvalidCentralSystemCertificate": _("The charger does not trust this house’s certificate"),
    "InvalidChargePointCertificate": _("The charger’s certificate is not valid"),
    "InvalidClientCertificate": _("A login with a certificate that is not valid here"),
    "InvalidFirmwareSignature": _("The firmware’s signature is not valid"),
    "InvalidFirmwareSigningCertificate": _("The firmware is signed with a certificate the charger does not trust"),
    "InvalidMessages": _("The charger got messages it could not read"),
    "InvalidPassword": _("A login with a wrong password"),
    "InvalidTLSCipherSuite": _("An encryption that is too weak was tried"),
    "InvalidTLSVersion": _("A version of encryption that is too old was tried"),
    "LoginsLimited": _("Too many wrong passwords; attempts are slowed down"),
    "MemoryExhaustion": _("The charger ran out of memory"),
    "MissingPassword": _("A login without the password it needs"),
    "ProfileTooLow": _("A connection below the security profile it needs"),
    "ReconfigurationOfSecurityParameters": _("Its security settings were changed"),
    "ResetOrReboot": _("The charger restarted"),
    "SecurityLogWasCleared": _("Its security log was cleared"),
    "SettingSystemTime": _("Its clock was set"),
    "StartupOfTheDevice": _("The charger started"),
    "TamperDetectionActivated": _("Somebody opened the charger"),
}

CERTIFICATE_STATES: dict[CertificateState, Text] = {
    CertificateState.OFFERED: _("sent, not confirmed yet"),
    CertificateState.ACCEPTED: _("accepted, not used yet"),
    CertificateState.IN_USE: _("in use"),
    CertificateState.SUPERSEDED: _("replaced"),
    CertificateState.REJECTED: _("refused by the charger"),
    CertificateState.REVOKED: _("revoked"),
}

USES: dict[str, Text] = {"central_system": _("for this house"), "manufacturer": _("for signed firmware")}
