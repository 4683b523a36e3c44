"""What documents look like: shapes, schemas, and reading them within limits.

Before this: `support_model.serde`, the door to it. Next: `support_model.files.shapes`.
"""
