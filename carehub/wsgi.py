"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carehub.settings")

application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402 (after Django is set up)

from carehub.checks import stop_unless_fit  # noqa: E402

stop_unless_fit()
# The code of every page, once, before gunicorn forks: Django would load it at the first request of each worker, whose visitor waits.
assert get_resolver().url_patterns
