"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carehub.settings")

application = get_wsgi_application()

from carehub.checks import stop_unless_fit  # noqa: E402 (after Django is set up)

stop_unless_fit()
