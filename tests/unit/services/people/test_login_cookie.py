"""What is read of the cookies a browser sends, and what a stranger makes of them."""

import time

import pytest

from onetime.budgets import HEAD_BYTES
from onetime.services.people.login_cookie import device_in, login_in, read_cookies

FAST_S = 0.02  # what Python's own reader took 0.7 s for


def test_cookies_are_read() -> None:
    assert read_cookies("a=1; onetime_login=abc; onetime_device=x=y") == {
        "a": "1",
        "onetime_login": "abc",
        "onetime_device": "x=y",
    }


@pytest.mark.parametrize("header", ["", ";;", "=", "a", "a;b", "=1", " ; = ;"])
def test_nonsense_is_no_cookie(header: str) -> None:
    assert read_cookies(header) == {}


def test_what_cannot_be_read_hides_no_login() -> None:
    assert login_in(read_cookies('[]=1; theme="a\\"; onetime_login=abc')) == "abc"


def test_the_login_that_came_encrypted_counts_first() -> None:
    cookies = read_cookies("onetime_login=plain; __Host-onetime_login=encrypted; onetime_device=browser")
    assert login_in(cookies) == "encrypted"
    assert device_in(cookies) == "browser"


@pytest.mark.parametrize(
    "header",
    [
        'onetime_login="' + '\\"' * (HEAD_BYTES // 2) + '"',
        'onetime_login="' + "\\134" * (HEAD_BYTES // 4) + '"',
        "a=b; " * (HEAD_BYTES // 5),
        " " * HEAD_BYTES,
        "a" * HEAD_BYTES,
        ";" * HEAD_BYTES,
    ],
    ids=["quotes", "octals", "many", "blanks", "a-name", "ends"],
)
def test_no_header_of_cookies_takes_long(header: str) -> None:
    began = time.thread_time()
    read_cookies(header)
    assert time.thread_time() - began < FAST_S
