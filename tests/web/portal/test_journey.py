"""The whole way with nothing but links and forms: no script runs here."""

import pytest
from django.urls import reverse
from tests.cast import Cast
from tests.consenting import proposal_of
from tests.taking import take_labelled
from tests.web.portal.browsing import SIGNATURE, decide, enter, shown_version

from safelight.consent.selectors.deciding import decision_view
from safelight.consent.selectors.mine import Standing, my_agreements

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]


def test_a_patient_reads_looks_chooses_and_signs(cast: Cast) -> None:
    first, second = (take_labelled(cast.alice, cast.petra) for _ in range(2))
    client, visit = enter(cast.alice, proposal_of(cast.alice, cast.petra, [first, second]))
    view = decision_view(visit)
    teaching = view.choices[0]

    assert view.wording.title in client.get(reverse("portal:start")).content.decode()
    answer = client.post(reverse("portal:start"), {"style": "standard"})
    assert answer["Location"] == reverse("portal:read")
    assert view.wording.statements[0][1].heading in client.get(answer["Location"]).content.decode()
    assert client.get(reverse("portal:pictures"))["Location"] == reverse(
        "portal:picture", args=[first]
    )
    decide(client, view, yes=[teaching.agreement], use=[first])

    done = client.post(reverse("portal:sign"), SIGNATURE | {"version": shown_version(client)})

    assert done.status_code == 200
    assert "It is signed" in done.content.decode()
    standings = {item.purpose: item.standing for item in my_agreements(visit)}
    assert standings[teaching.purpose] is Standing.IN_FORCE
    assert set(standings.values()) == {Standing.IN_FORCE, Standing.REFUSED}
    assert client.get(reverse("portal:start"))["Location"] == reverse("portal:mine")
    assert client.get(reverse("portal:mine")).status_code == 200
    copy = client.get(reverse("portal:copy"), {"pictures": "yes"})
    assert copy.content.startswith(b"%PDF")
