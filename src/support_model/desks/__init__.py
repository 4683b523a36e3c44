"""What makes a desk one thing: names that must be known in it, and what contradicts itself.

Before this: `support_model.desk`, the door to it. Next: `support_model.desks.named_parts`.
"""
