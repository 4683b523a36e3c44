"""Dask on this machine: the same answers as without it."""

from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pytest
from frames.engines.logs import JOBS, chained, drawn, here, told

from support_model import frames
from support_model.errors import InvalidLog, InvalidValue

dd = pytest.importorskip("dask.dataframe", reason="dask")
pytestmark = pytest.mark.filterwarnings("ignore")  # what Dask warns of is not ours


def frame(rows, partitions=3):
    return dd.from_pandas(rows.to_pandas(types_mapper=pd.ArrowDtype), npartitions=partitions)


def arrow(answer):
    return pa.Table.from_pandas(answer.compute(), preserve_index=False)


@pytest.fixture(scope="module")
def rows():
    return drawn(range(40))


@pytest.mark.parametrize("partitions", [1, 5])
@pytest.mark.parametrize("job", JOBS)
def test_dask_answers_as_the_same_function_does_without_it(job, partitions, rows):
    answer = frames.dask(frame(rows), JOBS[job], partitions=partitions)
    assert told(arrow(answer), job) == told(here(JOBS[job], rows), job)
    assert answer.npartitions == partitions


def test_dask_gives_merged_tickets_whole_to_one_call():
    rows = pa.table(chained(6, 40))
    answer = arrow(frames.dask(frame(rows, 9), JOBS["facts"]))
    assert told(answer, "facts") == told(here(JOBS["facts"], rows), "facts")
    assert max(len(row["merged"]) for row in told(answer, "facts")) == 5


def test_dask_reads_files_of_parquet(tmp_path):
    rows = pa.table(chained(3, 4))
    frame(rows).to_parquet(tmp_path)
    answer = frames.dask(dd.read_parquet(tmp_path, dtype_backend="pyarrow"), JOBS["facts"])
    assert told(arrow(answer), "facts") == told(here(JOBS["facts"], rows), "facts")


def test_a_column_of_flags_that_dask_has_made_text_is_refused():
    rows = pa.table(chained(3, 4)).to_pandas()  # flags and None, which pandas keeps as objects
    with pytest.raises(InvalidLog, match="'public' cannot be of the type: 'large_string'"):
        frames.dask(dd.from_pandas(rows, npartitions=2), JOBS["facts"])


def test_the_types_that_dask_is_told_are_those_of_the_answer(rows):
    answer = frames.dask(frame(rows), JOBS["facts"])
    assert answer.dtypes.equals(answer.compute().dtypes)
    assert str(answer.dtypes["created"]) == "timestamp[us, tz=UTC][pyarrow]"


def test_dask_asks_for_the_column_of_the_ticket():
    given = dd.from_pandas(pd.DataFrame({"id": ["A"]}), npartitions=1)
    with pytest.raises(InvalidValue, match="no such column of the ticket: 'ticket_id'; one of id"):
        frames.dask(given, JOBS["facts"])


def test_a_job_that_answers_with_other_columns_than_for_no_rows_is_refused():
    rows = pa.table(chained(2, 1) | {"at": [datetime(2026, 3, 2, tzinfo=UTC)] * 5})

    def odd(log):
        return pa.table({f"n{log.raw.size}": [log.raw.size]})

    with pytest.raises(InvalidValue, match="the answer for a log without rows lacks"):
        frames.dask(frame(rows), odd).compute()
