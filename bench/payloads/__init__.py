"""Payloads of other systems, drawn by a seeded generator as large as one likes."""
