"""The rules of FHIR R4, IHE PCF and this project for the resources, written from the standards.

Nothing here is imported from the engine: a rule that both got wrong together would be believed.
Each function lists what is wrong; an empty list is a resource that keeps every rule.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from safelight.vocabulary.purposes import Purpose

Json = dict[str, Any]

STATUSES = {"draft", "proposed", "active", "rejected", "inactive", "entered-in-error"}
INTERMEDIATE = "https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consentIntermediate"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope"
DATA_OPERATION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
SIGNATURE_TYPES = "urn:iso-astm:E1762-95:2013"

CONSENT_ELEMENTS = {
    "resourceType", "id", "meta", "identifier", "status", "scope", "category", "patient",
    "dateTime", "performer", "organization", "sourceReference", "policy", "provision",
}  # fmt: skip
PROVISION_ELEMENTS = {"type", "period", "actor", "purpose", "data"}
FORBIDDEN_IN_PROVISION = {"class", "code", "action", "securityLabel", "verification", "provision"}
FORBIDDEN_IN_CONSENT = {"verification", "policyRule", "sourceAttachment"}

INSTANT = re.compile(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]+)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
)
DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def walk(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every element with its path, the whole first."""
    yield path, value
    pairs: Iterable[tuple[object, Any]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, each in pairs:
        yield from walk(each, f"{path}.{key}")


def faults_of_json(resource: Json) -> list[str]:
    """FHIR JSON (R4 2.6.2): no null, nothing empty, ids and references well formed."""
    found = []
    for path, value in walk(resource):
        if value is None or value in ("", [], {}):
            found.append(f"{path} is empty")
        if isinstance(value, str) and not value.strip():
            found.append(f"{path} is blank")
        if path.endswith(".id") and not ID.fullmatch(str(value)):
            found.append(f"{path} is no id")
        if path.endswith(".reference") and isinstance(value, str):
            kind, slash, key = value.partition("/")
            literal = kind.isalpha() and bool(slash) and bool(ID.fullmatch(key))
            if not literal and not value.startswith("urn:uuid:"):
                found.append(f"{path} leads nowhere")
    return found


def _coded(concept: Json, system: str, code: str) -> bool:
    return [(each["system"], each["code"]) for each in concept["coding"]] == [(system, code)]


def faults_of_consent(consent: Json) -> list[str]:
    rules = {
        "resource type": consent.get("resourceType") == "Consent",
        "profile": consent["meta"]["profile"] == [INTERMEDIATE],
        "status": consent.get("status") in STATUSES,
        "scope": _coded(consent["scope"], SCOPES, "patient-privacy"),
        "category": any(
            _coded(each, "http://loinc.org", "59284-0") for each in consent["category"]
        ),
        "patient": consent["patient"]["reference"].startswith("Patient/"),
        "dateTime": bool(INSTANT.fullmatch(consent["dateTime"])),
        "performer": len(consent["performer"]) == 1
        and consent["performer"][0]["type"] in {"Patient", "RelatedPerson"},
        "organization": len(consent["organization"]) == 1,
        "source": consent["sourceReference"]["reference"].startswith("DocumentReference/"),
        "policy": len(consent["policy"]) == 1 and set(consent["policy"][0]) == {"uri"},
        "one provision": isinstance(consent["provision"], dict),
        "only known elements": set(consent) <= CONSENT_ELEMENTS,
        "depth": depth(consent) <= 2,
    }
    broken = [rule for rule, kept in rules.items() if not kept]
    return broken + faults_of_provision(consent["provision"]) + faults_of_json(consent)


def faults_of_provision(provision: Json) -> list[str]:
    data = provision.get("data", [])
    rules = {
        "type": provision.get("type") in {"permit", "deny"},
        "period": not faults_of_period(provision["period"]),
        "only known elements of a provision": set(provision) <= PROVISION_ELEMENTS,
        "one actor": len(provision["actor"]) == 1,
        "actor role": all(
            _coded(actor["role"], PARTICIPATION, "IRCP") and actor["reference"]["type"] == "Group"
            for actor in provision["actor"]
        ),
        "purposes": not faults_of_purposes(provision["purpose"]),
        "pictures": all(
            each["meaning"] == "instance" and each["reference"]["type"] == "Media" for each in data
        ),
        "a permit names its pictures": bool(data) or provision["type"] == "deny",
        "no picture twice": len({str(each) for each in data}) == len(data),
    }
    return [rule for rule, kept in rules.items() if not kept]


def faults_of_period(period: Json) -> list[str]:
    """Whole days: with a time in it, an end would cut the last day short."""
    days = [period["start"], *([period["end"]] if "end" in period else [])]
    whole = all(DAY.fullmatch(each) and date.fromisoformat(each) for each in days)
    return [] if whole and days == sorted(days) and set(period) <= {"start", "end"} else ["period"]


def faults_of_purposes(purposes: list[Json]) -> list[str]:
    """Ours first and known; after it at most the one HL7 code that goes with it."""
    ours, *others = purposes
    if ours["system"] == ACT_REASON or ours["code"] not in set(Purpose):
        return ["ours is not first"]
    expected = Purpose(ours["code"]).act_reason
    given = [(each["system"], each["code"]) for each in others]
    return [] if given == ([(ACT_REASON, expected)] if expected else []) else ["HL7 code"]


def depth(consent: Json) -> int:
    """How deep provisions are nested: 1 for a provision with none in it."""
    return max(path.split(".").count("provision") for path, _ in walk(consent))


def faults_of_provenance(provenance: Json) -> list[str]:
    rules = {
        "resource type": provenance.get("resourceType") == "Provenance",
        "target": [each["type"] for each in provenance["target"]] == ["Consent"],
        "recorded": bool(INSTANT.fullmatch(provenance["recorded"])),
        "agent": len(provenance["agent"]) >= 1
        and all("who" in each for each in provenance["agent"]),
        "signatures": all(
            {"type", "when", "who"} <= set(each)
            and [code["system"] for code in each["type"]] == [SIGNATURE_TYPES]
            and INSTANT.fullmatch(each["when"])
            and ("data" in each) == ("sigFormat" in each)
            for each in provenance.get("signature", [])
        ),
    }
    return [rule for rule, kept in rules.items() if not kept] + faults_of_json(provenance)


def faults_of_bundle(bundle: Json) -> list[str]:
    entries = bundle.get("entry", [])
    urls = [entry["fullUrl"] for entry in entries]
    inside = {f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in entries}
    references = [value for path, value in walk(bundle) if path.endswith(".reference")]
    texts = [value for value in references if isinstance(value, str)]
    rules = {
        "type": (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection"),
        "timestamp": bool(INSTANT.fullmatch(bundle["timestamp"])),
        "urls are of their resources": urls
        == [f"urn:uuid:{entry['resource']['id']}" for entry in entries],
        "urls are unique": len(set(urls)) == len(urls),
        "no urn leads outside": all(text in urls for text in texts if text.startswith("urn:")),
        "what is inside is referred to by its url": not inside & set(texts),
    }
    return [rule for rule, kept in rules.items() if not kept] + faults_of_json(bundle)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
