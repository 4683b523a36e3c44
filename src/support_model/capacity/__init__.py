"""How many people it takes: formulas, coverage, demand, deadlines, lines and shifts.

Before this: `support_model.staffing`, the door to it. Next: `support_model.capacity.quantities`.
"""
