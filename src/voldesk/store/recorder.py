"""Ticks to a folder: copied on the caller's turn, written by one thread, sorted by another."""

import threading
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from voldesk.model.clock import Clock, SystemClock
from voldesk.model.conventions import Profile
from voldesk.model.errors import StorageError
from voldesk.model.listing import Listing
from voldesk.model.sessions import NS_PER_SECOND
from voldesk.model.ticks import ALL_INSTRUMENTS, TICK_DTYPE, TickBatch, TickKind, empty_batch
from voldesk.store.folder import RecordingFolder
from voldesk.store.segments import LogWriter, compact, log_path

FLUSH_SECS: Final = 0.25
"""A tick is with the operating system at most this long after `Recorder.write` returned, plus the
time the write itself takes."""

FLUSH_ROWS: Final = 10_000
SEGMENT_SECS: Final = 300.0
SEGMENT_ROWS: Final = 1_000_000
WAITING_ROWS: Final = 1_000_000
"""Ticks that may wait for the disk (96 MB) before a recorder gives up."""
