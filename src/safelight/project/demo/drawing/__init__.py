"""Synthetic clinical photographs, drawn by this code alone: nobody was photographed for them."""

from .camera_files import as_camera_jpeg, big_photograph
from .catalogue import Series, Visit, demo_series
from .picture import draw
from .specs import (
    BodyPicture,
    Camera,
    DermoscopicPicture,
    FacePicture,
    Lesion,
    PictureSpec,
    Skin,
    WristbandPicture,
)
from .wristband import barcode_png, barcode_svg

__all__ = [
    "BodyPicture",
    "Camera",
    "DermoscopicPicture",
    "FacePicture",
    "Lesion",
    "PictureSpec",
    "Series",
    "Skin",
    "Visit",
    "WristbandPicture",
    "as_camera_jpeg",
    "barcode_png",
    "barcode_svg",
    "big_photograph",
    "demo_series",
    "draw",
]
