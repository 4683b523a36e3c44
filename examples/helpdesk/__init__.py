"""A small help desk around support_model: FastAPI, SQLAlchemy, one timer, plain pages."""
