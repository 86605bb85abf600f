"""Debian's Orthanc in the same run: the same picture stored as VL Photographic DICOM, and viewed."""

import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from PIL import Image
from pydicom import FileDataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEGBaseline8Bit, generate_uid

from bench import intake, load, views
from bench.hospital import Hospital
from bench.processes import Process, end, free_port, wait_until_listening
from bench.report import Figure, Report

COMMAND = shutil.which("Orthanc") or "/usr/sbin/Orthanc"
TITLE = "Orthanc"
RATIOS = "Safelight / Orthanc"
VL_PHOTOGRAPHIC = UID("1.2.840.10008.5.1.4.1.1.77.1.4")
INSTANCE_UID = UID("2.25." + "1" * 39)
SIDE = 512


def is_here() -> bool:
    return Path(COMMAND).exists()


def measure(report: Report, hospital: Hospital, seconds: float) -> None:
    file = hospital.home / "picture.dcm"
    file.write_bytes(as_dicom(hospital.picture.read_bytes()))
    with _serving(hospital.home) as (port, process):
        rows = {}
        for clients in intake.CLIENTS:
            plan = {"kind": "instances", "port": port, "file": str(file), "uid": INSTANCE_UID}
            plan["headers"] = {"Content-Type": "application/dicom"}
            rows[f"store, {clients}"] = _row(process, [plan] * clients, seconds)
        for clients in views.CLIENTS:
            for name, tail in _addresses().items():
                plan = {"kind": "views", "port": port, "paths": _paths(port, tail), "headers": {}}
                rows[f"{name}, {clients}"] = _row(process, [plan] * clients, seconds)
    report.table(TITLE, rows, "no decode and no encryption on storing, no audit anywhere")
    report.table(RATIOS, _ratios(report), "rates; more is better for Safelight")


def _addresses() -> dict[str, str]:
    return {"file": "file", f"rendered at {SIDE}": f"rendered?width={SIDE}&height={SIDE}"}


def _row(process: Process, plans: list[dict[str, object]], seconds: float) -> dict[str, Figure]:
    before = process.cpu_seconds()
    done = load.run(plans, expect=200, seconds=seconds)
    return {
        "per second": done.rate,
        "p50 ms": done.latency(0.5),
        "p95 ms": done.latency(0.95),
        "CPU ms each": (process.cpu_seconds() - before) / done.count * 1000,
        "peak MB": process.peak_megabytes(),
    }


def _paths(port: int, tail: str) -> list[str]:
    with urlopen(f"http://127.0.0.1:{port}/instances?since=0&limit={views.PICTURES}") as answer:
        return [f"/instances/{instance}/{tail}" for instance in json.load(answer)]


@contextmanager
def _serving(home: Path) -> Iterator[tuple[int, Process]]:
    """Orthanc as Debian configures it, but for its places and ports, without its plugins."""
    port, place = free_port(), home / "orthanc"
    place.mkdir()
    settings = {
        "StorageDirectory": str(place),
        "IndexDirectory": str(place),
        "HttpPort": port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomServerEnabled": False,
        "KeepAlive": True,
    }
    (place / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    with (place / "log").open("wb") as log:
        server = subprocess.Popen([COMMAND, str(place / "settings.json")], stdout=log, stderr=log)
        try:
            wait_until_listening(server, port)
            yield port, Process(server.pid)
        finally:
            end(server)
            shutil.rmtree(place, ignore_errors=True)


def as_dicom(picture: bytes) -> bytes:
    """A VL Photographic Image (PS3.3 A.32.4) that encapsulates the JPEG as it is (PS3.5 A.4)."""
    with Image.open(io.BytesIO(picture)) as image:
        width, height = image.size
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = VL_PHOTOGRAPHIC, INSTANCE_UID
    meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset = FileDataset("picture.dcm", {}, file_meta=meta, preamble=bytes(128))
    dataset.SOPClassUID, dataset.SOPInstanceUID = VL_PHOTOGRAPHIC, INSTANCE_UID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), generate_uid()
    dataset.PatientID, dataset.PatientName, dataset.Modality = "B-0", "Okonjo^Petra", "XC"
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = height, width, 3
    dataset.PhotometricInterpretation, dataset.PlanarConfiguration = "YBR_FULL_422", 0
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    dataset.LossyImageCompression = "01"
    dataset.PixelData = encapsulate([picture])
    dataset["PixelData"].VR = "OB"
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _ratios(report: Report) -> dict[str, dict[str, Figure]]:
    pairs = {
        f"seal / store, {n} client{'s' if n > 1 else ''}": (
            (intake.SEALED, f"{n} client{'s' if n > 1 else ''}"),
            f"store, {n}",
        )
        for n in intake.CLIENTS
    }
    for n in views.CLIENTS:
        who = f"{n} client{'s' if n > 1 else ''}"
        pairs[f"original / file, {who}"] = (views.TITLE, f"{views.ORIGINAL}, {who}"), f"file, {n}"
        pairs[f"thumbnail / rendered, {who}"] = (
            (views.TITLE, f"{views.THUMBNAIL}, {who}"),
            f"rendered at {SIDE}, {n}",
        )
    return {name: {"times": _ratio(report, *pair)} for name, pair in pairs.items()}


def _ratio(report: Report, ours: tuple[str, str], theirs: str) -> Figure:
    mine = report.figure(*ours, "per second")
    other = report.figure(TITLE, theirs, "per second")
    return mine / other if mine and other else None
