"""The same DICOM photograph through Safelight and through other de-identifiers: what is left?

`python -m bench.deidentifiers [--peers VENV] [--write]`. The peers are whichever of pydicom's deid,
dicom-anonymizer and dicognito are installed in VENV, and Orthanc if it is installed. Each does
what it does without further rules; none of them is asked for more than it offers.
"""

import argparse
import io
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from urllib.request import Request, urlopen

import cv2
import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import UID, JPEGBaseline8Bit
from skimage.data import astronaut

from bench.processes import end, free_port, wait_until_listening
from safelight.connectors.scanning.process import ChildScanner
from safelight.engines.imaging import FindingKind, ImagingError, Scrubbed, scrub
from safelight.project.deidentify_pictures import prepare
from safelight.redaction.ports import Look
from safelight.vocabulary.identifiability import Identifying

ROOT = Path(__file__).parents[1]
ORTHANC = shutil.which("Orthanc") or "/usr/sbin/Orthanc"
PAGE = ROOT / "docs" / "comparison-deidentifiers.md"
START, STOP = "<!-- measured: begin -->", "<!-- measured: end -->"
SIDE = 1024
LABEL = "PETRA 12.03.1961"
VL_PHOTOGRAPHIC = UID("1.2.840.10008.5.1.4.1.1.77.1.4")
CANARY = "CANARY%02d"
HEADER = (
    "PatientName", "PatientID", "OtherPatientIDs", "PatientAddress", "PatientComments",
    "InstitutionName", "InstitutionAddress", "StationName", "OperatorsName",
    "ReferringPhysicianName", "AccessionNumber", "StudyID", "StudyDescription",
    "SeriesDescription", "ImageComments", "ProtocolName", "DeviceSerialNumber", "LensSerialNumber",
    "CameraOwnerName", "AdmissionID", "RequestedProcedureID", "MedicalAlerts",
    "AcquisitionDeviceProcessingDescription",
)  # fmt: skip
IN_STREAM = {FindingKind.OWNER: "name", FindingKind.GPS: "place", FindingKind.SERIAL_NUMBER: "serial",
             FindingKind.TIMESTAMP: "time", FindingKind.COMMENT: "comment"}  # fmt: skip
FLAGS = ("PatientIdentityRemoved", "BurnedInAnnotation", "RecognizableVisualFeatures")


@dataclass(frozen=True)
class Peer:
    """A de-identifier: how its version is known, and how it is run on a file."""

    name: str
    version: Callable[[], str | None]
    run: Callable[[Path, Path], bytes]


# --- the photograph -----------------------------------------------------------------------------


def photograph() -> bytes:
    """A face, a label that is burnt in, EXIF in the encapsulated JPEG, words in the header."""
    made = Dataset()
    made.SOPClassUID, made.Modality = VL_PHOTOGRAPHIC, "XC"
    made.SOPInstanceUID, made.StudyInstanceUID, made.SeriesInstanceUID = "1.2.3", "1.2.4", "1.2.5"
    made.PatientBirthDate, made.StudyDate, made.StudyTime = "19610312", "20240312", "101112"
    for number, keyword in enumerate(HEADER):
        setattr(made, keyword, CANARY % number)
    _add_hidden(made, len(HEADER))
    made.Rows = made.Columns = SIDE
    made.SamplesPerPixel, made.PhotometricInterpretation = 3, "YBR_FULL_422"
    made.PlanarConfiguration, made.PixelRepresentation = 0, 0
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.LossyImageCompression = 7, "01"
    made.PixelData = encapsulate([_camera_file()])
    made["PixelData"].VR, made["PixelData"].is_undefined_length = "OB", True
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    made.file_meta.SourceApplicationEntityTitle = CANARY % 90
    made.preamble = (CANARY % 91).encode().ljust(128, b"\0")
    out = io.BytesIO()
    made.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _add_hidden(made: Dataset, number: int) -> None:
    """Words where few look: in private elements, in nested items, in an overlay."""
    block = made.private_block(0x0029, CANARY % 92, create=True)
    block.add_new(1, "LO", CANARY % number)
    item = Dataset()
    item.RequestedProcedureDescription = CANARY % (number + 1)
    item.private_block(0x0031, "MAKER", create=True).add_new(1, "LO", CANARY % (number + 2))
    made.RequestAttributesSequence = [item]
    made.add_new(0x60003000, "OW", (CANARY % (number + 3)).encode())


def _camera_file() -> bytes:
    picture = cv2.resize(astronaut(), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    cv2.rectangle(picture, (40, 900), (560, 980), (255, 255, 255), -1)
    cv2.putText(picture, LABEL, (50, 955), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (0, 0, 0), 3)
    exif = Image.Exif()
    exif[0x013B], exif[0x0132] = "Petra Invented", "2024:03:12 10:11:12"
    exif.get_ifd(0x8769)[0xA431] = "SN-4711-INVENTED"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 12.3), 3: "W", 4: (0.0, 7.0, 34.5)})
    out = io.BytesIO()
    Image.fromarray(np.asarray(picture)).save(
        out, "JPEG", quality=92, exif=exif, comment=b"Petra Invented, born 12 March 1961"
    )
    return out.getvalue()


# --- what is left -------------------------------------------------------------------------------


def measure(data: bytes, scanner: ChildScanner) -> dict[str, str]:
    """A row of the table: what of a person can still be read in one file, and what it claims."""
    dataset = dcmread(io.BytesIO(data), force=True)
    pixels = dataset.get("PixelData", b"")
    canaries = set(re.findall(rb"CANARY\d\d", data.replace(pixels, b"") if pixels else data))
    row = {"words in the header": str(len(canaries))}
    scrubbed = _frame(dataset)
    if scrubbed is None:
        row |= dict.fromkeys(("in the stream", "face", "writing"), "no picture")
    else:
        left = {IN_STREAM[f.kind] for f in scrubbed.findings if f.kind in IN_STREAM}
        found = scanner.scan(scrubbed.data, scrubbed.orientation, Look.CHECK).detections
        kinds = {detection.kind for detection in found}
        row["in the stream"] = ", ".join(sorted(left)) or "nothing"
        row["face"] = "found" if Identifying.FACE in kinds else "not found"
        row["writing"] = "found" if Identifying.TEXT in kinds else "not found"
    row["identity removed / burned in / recognizable"] = " / ".join(
        str(dataset.get(flag) or "-") for flag in FLAGS
    )
    return row


def _frame(dataset: Dataset) -> Scrubbed | None:
    """The picture as a viewer shows it, and what its stream carries beside it."""
    with suppress(ImagingError, StopIteration, AttributeError, ValueError):
        if dataset.file_meta.TransferSyntaxUID == JPEGBaseline8Bit:
            return scrub(next(generate_frames(dataset.PixelData, number_of_frames=1)))
        out = io.BytesIO()
        Image.fromarray(dataset.pixel_array).save(out, "PNG")
        return scrub(out.getvalue())
    return None


# --- the peers ----------------------------------------------------------------------------------

DEID = """
import sys
from deid.config import DeidRecipe
from deid.dicom import DicomCleaner, get_identifiers, replace_identifiers
source, out = sys.argv[1:]
recipe = DeidRecipe()
made = replace_identifiers(dicom_files=[source], deid=recipe, ids=get_identifiers([source]),
                           save=True, output_folder=out, overwrite=True, force=True,
                           remove_private=True, strip_sequences=True)
cleaner = DicomCleaner(output_folder=out)
if cleaner.detect(made[0])["flagged"]:
    cleaner.clean()
    cleaner.save_dicom()
"""
ANONYMIZER = """
import sys
from dicomanonymizer import anonymize
anonymize(sys.argv[1], sys.argv[2] + "/result.dcm", {}, True)
"""
DICOGNITO = """
import sys
import pydicom
from dicognito.anonymizer import Anonymizer
dataset = pydicom.dcmread(sys.argv[1])
Anonymizer().anonymize(dataset)
dataset.save_as(sys.argv[2] + "/result.dcm")
"""


def python_peer(name: str, package: str, script: str, venv: Path) -> Peer:
    python = venv / "bin" / "python"

    def version() -> str | None:
        asked = f"from importlib.metadata import version; print(version({package!r}))"
        done = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else None

    def run(source: Path, out: Path) -> bytes:
        subprocess.run([python, "-c", script, source, out], check=True, capture_output=True)
        return max(out.rglob("*.dcm"), key=lambda path: path.stat().st_mtime_ns).read_bytes()

    return Peer(name, version, run)


def orthanc() -> Peer:
    def version() -> str | None:
        if not Path(ORTHANC).exists():
            return None
        done = subprocess.run([ORTHANC, "--version"], capture_output=True, text=True, check=False)
        return done.stdout.split()[1]

    def run(source: Path, out: Path) -> bytes:
        with _serving(out) as home:
            stored = json.loads(_post(f"{home}/instances", source.read_bytes()))
            return _post(f"{home}/instances/{stored['ID']}/anonymize", b"{}")

    return Peer("Orthanc, anonymize", version, run)


@contextmanager
def _serving(home: Path) -> Iterator[str]:
    """Orthanc on the loopback address, with its places in `home`, while it is needed."""
    port = free_port()
    settings = {"StorageDirectory": str(home), "IndexDirectory": str(home), "HttpPort": port,
                "RemoteAccessAllowed": False, "AuthenticationEnabled": False,
                "DicomServerEnabled": False}  # fmt: skip
    (home / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    with (home / "log").open("wb") as log:
        server = subprocess.Popen([ORTHANC, str(home / "settings.json")], stdout=log, stderr=log)
        try:
            wait_until_listening(server, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            end(server)


def _post(address: str, body: bytes) -> bytes:
    with urlopen(Request(address, data=body, method="POST")) as answer:
        return bytes(answer.read())


def safelight(scanner: ChildScanner) -> Peer:
    def run(source: Path, out: Path) -> bytes:
        return prepare(source.read_bytes(), scanner, bytes(32)).data

    return Peer("Safelight, unattended", lambda: metadata.version("safelight"), run)


def peers(venv: Path | None, scanner: ChildScanner) -> list[Peer]:
    installed = [
        python_peer("deid", "deid", DEID, venv),
        python_peer("dicom-anonymizer", "dicom-anonymizer", ANONYMIZER, venv),
        python_peer("dicognito", "dicognito", DICOGNITO, venv),
    ] if venv else []  # fmt: skip
    return [*installed, orthanc(), safelight(scanner)]


# --- the table ----------------------------------------------------------------------------------


def table(venv: Path | None) -> str:
    """The table in Markdown, with versions and the date."""
    source = photograph()
    patient = dict.fromkeys(Look, 300.0)
    with ChildScanner(seconds=patient) as scanner, tempfile.TemporaryDirectory() as home:
        file = Path(home, "source.dcm")
        file.write_bytes(source)
        rows = {"the photograph as it was": measure(source, scanner)}
        for number, peer in enumerate(peers(venv, scanner)):
            if version := peer.version():
                out = Path(home, str(number))
                out.mkdir()
                rows[f"{peer.name} {version}"] = measure(peer.run(file, out), scanner)
    columns = list(next(iter(rows.values())))
    lines = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(row[c] for c in columns)} |" for name, row in rows.items()]
    return "\n".join([f"Measured on {datetime.now(UTC):%Y-%m-%d}.", "", *lines])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.deidentifiers", description=__doc__)
    parser.add_argument("--peers", type=Path, metavar="VENV", help="where others are installed")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE.relative_to(ROOT)}")
    args = parser.parse_args(arguments)
    made = table(args.peers)
    print(made)
    if args.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
        after = rest.partition(STOP)[2]
        PAGE.write_text(f"{before}{START}\n{made}\n{STOP}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
