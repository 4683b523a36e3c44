"""The least that Django needs to run: one application, one database in memory."""

INSTALLED_APPS = ["examples.django_mixin"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
