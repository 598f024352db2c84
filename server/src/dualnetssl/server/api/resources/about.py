"""``/health``, ``/server`` and ``/whoami``: is it there, what can it do, and who is it that asks."""

from __future__ import annotations

from fastapi import APIRouter

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.schema import Health, Identity, Limits, ServerInfo
from dualnetssl.server.api.gate.access import Who
from dualnetssl.server.api.resources.services import Served
from dualnetssl.version import VERSION

router = APIRouter(tags=["server"])
everybody = APIRouter(tags=["server"])
"""What needs no token."""


@everybody.get("/health")
async def health() -> Health:
    """Say that the server is there; needs no token."""
    return Health()


@router.get("/server")
def server_info(services: Served) -> ServerInfo:
    """Say what this server is, has and accepts."""
    settings = services.settings
    return ServerInfo(
        version=VERSION,
        limits=Limits(blob_bytes=settings.blob_bytes, voxels=settings.voxels, chunk_bytes=settings.chunk_bytes),
        devices=services.devices,
        train_config=TrainConfig.model_json_schema(),
    )


@router.get("/whoami")
def whoami(who: Who) -> Identity:
    """Say whose token this is, what they may do, and until when."""
    return who
