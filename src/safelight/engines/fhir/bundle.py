"""The agreements of one patient, and what was done with them, in one file: FHIR R4 Bundle."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from safelight.engines.fhir.agreement import Agreement
from safelight.engines.fhir.consent import consent_resource
from safelight.engines.fhir.elements import Element, meta
from safelight.engines.fhir.errors import FhirInputError
from safelight.engines.fhir.primitives import instant

# Fixed for ever: the ids of bundles come from it and from what they hold.
_NAMESPACE = UUID("e012fc5c-dd06-4dd4-996a-d2faeab1c282")


def consent_bundle(
    agreements: Iterable[Agreement],
    provenances: Iterable[Mapping[str, object]] = (),
    *,
    assembled_at: datetime,
) -> Element:
    """The agreements and their Provenance as a Bundle of type collection: FHIR R4 2.36.

    Every `fullUrl` is ``urn:uuid:`` and the id of the resource; references between resources of
    the bundle are written as those. The order of the arguments does not matter. FhirInputError
    when the agreements are not of one patient, an id comes twice, or a provenance is about a
    Consent that is not in the bundle.
    """
    ordered = sorted(agreements, key=lambda each: (each.decided_at, each.agreement_id))
    if len({agreement.patient for agreement in ordered}) > 1:
        raise FhirInputError("A bundle holds the agreements of one patient only.")
    consents = [consent_resource(agreement) for agreement in ordered]
    resources = [*consents, *_checked(provenances, consents)]
    urls = {f"{each['resourceType']}/{each['id']}": f"urn:uuid:{each['id']}" for each in resources}
    if len(set(urls.values())) < len(resources):
        raise FhirInputError("The same resource comes twice.")
    timestamp = instant(assembled_at)
    test_data = any(agreement.test_data for agreement in ordered)
    return _bundle(resources, urls, timestamp, test_data=test_data)


def _bundle(
    resources: Sequence[Element], urls: Mapping[str, str], timestamp: str, *, test_data: bool
) -> Element:
    labels = meta(test_data=test_data)
    bundle: Element = {
        "resourceType": "Bundle",
        "id": str(uuid5(_NAMESPACE, " ".join([timestamp, *urls.values()]))),
        **({"meta": labels} if labels else {}),
        "type": "collection",
        "timestamp": timestamp,
    }
    entries = [
        {"fullUrl": url, "resource": with_links(resource, urls)}
        for url, resource in zip(urls.values(), resources, strict=True)
    ]
    return bundle | ({"entry": entries} if entries else {})


def _checked(
    provenances: Iterable[Mapping[str, object]], consents: Sequence[Element]
) -> list[Element]:
    """The provenances in the order of their ids, each about Consents of the bundle."""
    targets = [{"reference": f"Consent/{each['id']}", "type": "Consent"} for each in consents]
    checked = [dict(each) for each in provenances]
    for each in checked:
        about = each.get("target")
        known = isinstance(about, list) and all(target in targets for target in about)
        if each.get("resourceType") != "Provenance" or not about or not known or not each.get("id"):
            raise FhirInputError("A provenance is about an agreement that is not in the bundle.")
    return sorted(checked, key=lambda each: str(each["id"]))


def with_links(value: object, urls: Mapping[str, str]) -> object:
    """`value` with each reference to a resource of the bundle replaced by its `fullUrl`."""
    if isinstance(value, list):
        return [with_links(each, urls) for each in value]
    if not isinstance(value, dict):
        return value
    linked = {key: with_links(each, urls) for key, each in value.items()}
    target = linked.get("reference")
    return linked | (
        {"reference": urls[target]} if isinstance(target, str) and target in urls else {}
    )
