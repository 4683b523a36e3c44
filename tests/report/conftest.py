"""What the report's tests share: a way to write a log, sound or broken."""

import gzip

import pytest
from report.small_log import HEADER, ROWS


@pytest.fixture
def small(tmp_path):
    """Write a log: the small one, or other text or bytes, plain or gzip by the name."""

    def write(content=HEADER + ROWS, name="log.csv"):
        path = tmp_path / name
        raw = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return path

    return write
