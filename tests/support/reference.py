"""The reference library in a process of its own, since it has the import name of ours.

Nothing of this process reaches it but questions, and nothing comes back but answers; what is asked is each test's own.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from codegen.load import load
from codegen.vocabulary import unpack_to_source

ROOT = Path(__file__).parents[2]
OPERATIONS = Path(__file__).with_name("operations.py")
Question = tuple[str, dict[str, Any]]
