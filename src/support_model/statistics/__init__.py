"""What figures stand on: plain numbers in and out, nothing of support in it.

Before this: `support_model.inference`, the door to it. Next:
`support_model.statistics.probability`.
"""
