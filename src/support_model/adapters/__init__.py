"""Doors for foreign data: a table or a payload goes in, the library's own values come out.

Before this: `support_model.events`. Next: `support_model.adapters.mapping`.
"""
