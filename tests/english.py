"""Dates in English whatever the locale of the process, as the examples of tests write them."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def english(at, form):
    """Format a date or an instant as `strftime` does in English: `%a` and `%b` are names."""
    named = form.replace("%b", MONTHS[at.month - 1]).replace("%a", DAYS[at.weekday()])
    return at.strftime(named)
