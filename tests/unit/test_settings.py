"""Settings that contradict each other are refused with their names."""

from typing import Any

import pytest
from pydantic import ValidationError

from onetime.cli.errors import sentence_of
from onetime.settings import Settings


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"http_port": 9000}, "ONETIME_HTTP_PORT and ONETIME_OCPP_PORT are both 9000"),
        ({"ocpp_tls_port": 9000}, "ONETIME_OCPP_PORT and ONETIME_OCPP_TLS_PORT are both 9000"),
        ({"https_port": 8000}, "ONETIME_HTTP_PORT and ONETIME_HTTPS_PORT are both 8000"),
        ({"ocpp_tls_port": 8443, "https_port": 8443}, "ONETIME_HTTPS_PORT and ONETIME_OCPP_TLS_PORT are both 8443"),
        ({"ocpp_port": 2121}, "ONETIME_OCPP_PORT and ONETIME_FTP_PORT are both 2121"),
        ({"http_port": 2125}, "ONETIME_HTTP_PORT 2125 is one of ONETIME_FTP_DATA_PORTS"),
    ],
)
def test_two_services_on_one_port_are_refused_by_name(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**wrong)
    assert (sentence_of(refused.value) or "").startswith(sentence)


@pytest.mark.parametrize(
    "right",
    [{"http_port": 0, "ocpp_port": 0, "ocpp_tls_port": 0}, {"http_port": 2125, "ftp_data_ports": "0"}, {"ftp_port": 0}],
)
def test_any_free_port_can_be_asked_for_more_than_once(right: dict[str, Any]) -> None:
    assert Settings(**right)
