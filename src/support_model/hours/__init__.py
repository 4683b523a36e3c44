"""What a business calendar is made of: the timeline, local clocks, hours and dates as text.

Before this: `support_model.calendars`, the door to it. Next: `support_model.hours.timeline`.
"""
