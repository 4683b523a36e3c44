"""Facts, figures by week and cycles of a log that Spark holds."""
