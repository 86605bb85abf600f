"""Too many attempts are answered with one sentence, whichever process counts them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from tests.cast import Cast
from tests.web.accounts.visitors import AS_DATA, Visitor

from safelight.people.limits import allow, free_after
from safelight.people.models import AttemptLimit
from safelight.web.limits import RateLimitedError, allow_search, client_address

db = pytest.mark.django_db(databases=["default", "keystore"])

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_as_many_as_the_rate_may_come_at_once_and_no_more() -> None:
    free_at: datetime | None = NOW
    for _ in range(5):
        assert free_at is not None
        free_at = free_after(free_at, NOW, 5, MINUTE)

    assert free_at == NOW + MINUTE
    assert free_after(free_at, NOW, 5, MINUTE) is None
    assert free_after(free_at, NOW + timedelta(seconds=12), 5, MINUTE) is not None


def test_a_clock_that_went_back_locks_nobody_out_for_longer_than_the_period() -> None:
    free_at = NOW + timedelta(days=300)

    assert free_after(free_at, NOW, 5, MINUTE) is None
    assert free_after(free_at, free_at - timedelta(seconds=48), 5, MINUTE) is not None


@given(
    rate=st.integers(1, 50),
    steps=st.lists(st.floats(0, 120, allow_nan=False), max_size=200),
)
def test_no_period_ever_sees_more_than_twice_the_rate(rate: int, steps: list[float]) -> None:
    """A burst and what has leaked meanwhile: never more than 2 x rate in one period."""
    now, free_at, allowed = NOW, NOW, []
    for step in steps:
        now += timedelta(seconds=step)
        following = free_after(free_at, now, rate, MINUTE)
        if following is not None:
            free_at = following
            allowed.append(now)

    for start in allowed:
        assert sum(start <= moment < start + MINUTE for moment in allowed) <= 2 * rate


@db
def test_the_rows_hold_no_name_and_no_address() -> None:
    allow("sign-in-account", "alice", rate=3, per=MINUTE)

    row = AttemptLimit.objects.get()
    assert "alice" not in f"{row.bucket}{row.key_hash}"


@db
def test_rows_that_limit_nothing_any_more_are_forgotten() -> None:
    AttemptLimit.objects.create(
        bucket="search", key_hash="0" * 64, free_at=NOW - timedelta(days=900)
    )

    allow("search", "somebody", rate=3, per=MINUTE)

    assert AttemptLimit.objects.count() == 1


@db
def test_guessing_a_password_is_limited_by_account(alice: Visitor) -> None:
    statuses = [alice.give_password("wrong").status_code for _ in range(16)]

    assert statuses[:15] == [200] * 15
    assert statuses[15] == 429
    assert Visitor(alice.browser, "bob").give_password("wrong").status_code == 200


@db
def test_the_limit_holds_for_the_right_password_too_and_says_so(alice: Visitor) -> None:
    for _ in range(15):
        alice.give_password("wrong")

    response = alice.give_password()

    assert response.status_code == 429
    assert "Please wait a minute" in response.content.decode()


@db
def test_guessing_a_code_is_limited(alice: Visitor) -> None:
    alice.enrol().give_password()

    statuses = [alice.give_code("000000").status_code for _ in range(11)]

    assert statuses == [200] * 10 + [429]


@db
def test_scripts_get_the_sentence_as_data(alice: Visitor) -> None:
    for _ in range(15):
        alice.give_password("wrong")

    data = {"login": "alice", "password": "wrong"}
    response = alice.browser.post(reverse("account_login"), data, headers=AS_DATA)

    assert (response.status_code, response.json()["code"]) == (429, "rate-limited")


@db
def test_searching_is_limited_by_person(cast: Cast) -> None:
    for _ in range(60):
        allow_search(cast.alice)

    with pytest.raises(RateLimitedError):
        allow_search(cast.alice)
    allow_search(cast.bob)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        (2, "6.6.6.6, 192.0.2.7, 10.0.0.9", "192.0.2.7"),
        (2, "6.6.6.6", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "2001:db8:1:2::7", "2001:db8:1:2::/64"),
        (1, "::ffff:192.0.2.7", "192.0.2.7"),
        (1, "nonsense", "nonsense"),
    ],
)
def test_only_the_operators_own_proxies_are_believed(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1"
    )

    assert client_address(request) == address


@db
def test_an_address_is_limited_over_all_accounts(hospital: Cast, client: Client) -> None:
    for _ in range(200):
        allow("sign-in-address", "127.0.0.1", rate=200, per=timedelta(minutes=10))

    assert Visitor(client, "alice").give_password().status_code == 429


@db
def test_the_addresses_of_one_network_are_one(client: Client) -> None:
    paths = ["/health-links/" + "A" * 43] * 61
    statuses = [
        client.post(path, "{}", "application/json", REMOTE_ADDR=f"2001:db8::{number:x}").status_code
        for number, path in enumerate(paths, start=1)
    ]

    assert 429 not in statuses[:60]
    assert statuses[60] == 429
