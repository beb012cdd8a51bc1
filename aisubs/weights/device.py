"""What the model runs on: the device, its memory, the cores of this machine."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from aisubs.model.errors import error


def choose_device(wanted: str) -> str:
    """`cuda` where a device is there, unless `cpu` is wanted. Raises `model_missing` for a GPU that is not there."""
    import ctranslate2

    devices: int = 0 if wanted == "cpu" else ctranslate2.get_cuda_device_count()
    if wanted == "cuda" and devices == 0:
        raise error("model_missing", "DEVICE=cuda, but no CUDA device was found", model="for CUDA")
    return "cuda" if devices else "cpu"


def all_cores() -> int:
    """The cores that this process may use; CTranslate2 itself would take 4."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gpu_memory_bytes() -> int:
    """Memory of the first CUDA device, by the driver's own library; 0 where that does not tell."""
    for library in ("libcuda.so.1", "nvcuda.dll"):
        try:
            driver = ctypes.CDLL(library)
        except OSError:
            continue
        device, total = ctypes.c_int(), ctypes.c_size_t()
        if driver.cuInit(0) or driver.cuDeviceGet(ctypes.byref(device), 0):
            return 0
        return 0 if driver.cuDeviceTotalMem_v2(ctypes.byref(total), device) else total.value
    return 0


def name_device(device: str) -> str:
    """For notes: the kind of device and its memory; another card of the same kind is as good."""
    return f"{device} with {gpu_memory_bytes() if device == 'cuda' else memory_bytes()} bytes"


def memory_bytes() -> int:
    """Memory that this process may use: of the machine, or of its container where that has less; 0 if nobody says."""
    found = []
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            found.append(int(Path(limit).read_text()))
        except (OSError, ValueError):
            continue  # "max", or another kind of system
    return min(found, default=0)
