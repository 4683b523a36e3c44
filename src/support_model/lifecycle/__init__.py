"""What a ticket may do and how it is written down: words, workflows, merging, plain data.

Before this: `support_model.tickets`, the door to it. Next: `support_model.lifecycle.vocabulary`.
"""
