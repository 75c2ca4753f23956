"""Which file systems a local state must not lie on: those whose locks and shared memory do not hold between hosts."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from agentops.domain.errors import StateError

NETWORK: Final[Mapping[str, str]] = {
    "nfs": "NFS",
    "nfs4": "NFS",
    "cifs": "SMB",
    "smb3": "SMB",
    "smbfs": "SMB",
    "9p": "9P",
    "afs": "AFS",
    "ceph": "CephFS",
    "fuse.ceph": "CephFS",
    "lustre": "Lustre",
    "gpfs": "GPFS",
    "beegfs": "BeeGFS",
    "orangefs": "OrangeFS",
    "glusterfs": "GlusterFS",
    "fuse.glusterfs": "GlusterFS",
    "davfs": "WebDAV",
    "fuse.davfs2": "WebDAV",
    "fuse.sshfs": "sshfs",
    "fuse.s3fs": "s3fs",
    "fuse.goofys": "goofys",
    "fuse.gcsfuse": "gcsfuse",
    "fuse.blobfuse": "blobfuse",
    "fuse.blobfuse2": "blobfuse",
    "fuse.rclone": "rclone",
    "fuse.mount-s3": "Mountpoint for S3",
    "fuse.juicefs": "JuiceFS",
}
"""File system types as the kernel names them, and what people call them."""

_MOUNTS = Path("/proc/self/mountinfo")


def refuse_network(path: Path) -> None:
    """Raises StateError when `path` would lie on a network file system. Where mounts cannot be listed, nothing."""
    try:
        mounts = _MOUNTS.read_text(errors="surrogateescape")
    except FileNotFoundError:
        return  # not Linux: nothing tells the type
    type_ = filesystem_type(os.path.realpath(path), mounts)
    if type_ in NETWORK:
        raise StateError(
            f"{path} lies on a network file system ({NETWORK[type_]}), where file locks do not protect a state",
            hint="set `state` in agentops.yaml to a folder on a local disk",
        )


def filesystem_type(path: str, mounts: str) -> str:
    """The type of the file system below the real path `path`, as /proc/self/mountinfo (`mounts`) says; else ""."""
    best, found = "", ""
    for point, type_ in _points(mounts):
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):  # of two mounts on one point, the later one counts
            best, found = point, type_
    return found


def _points(mounts: str) -> Iterator[tuple[str, str]]:
    for line in mounts.splitlines():
        left, dash, right = line.partition(" - ")
        if dash:
            yield re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), left.split()[4]), right.split()[0]
