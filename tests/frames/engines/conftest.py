"""A session of Spark on this machine, in a zone that is not UTC."""

import os
import sys
import warnings

import pytest


@pytest.fixture(scope="session")
def session():
    """Yield a local session whose clock is New York's and whose batches are short."""
    pytest.importorskip("pyspark", reason="pyspark")
    from pyspark.sql import SparkSession  # noqa: PLC0415 - after the question whether it is there

    os.environ["PYSPARK_PYTHON"] = sys.executable  # that of the workers
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PySpark warns of pandas 3, which nothing here uses
        spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "America/New_York")
            .config("spark.sql.shuffle.partitions", "3")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", "7")
            .getOrCreate()
        )
        spark.sparkContext.setLogLevel("ERROR")
    yield spark
    spark.stop()
