"""Facts, figures by week and cycles of a log that Dask holds."""
