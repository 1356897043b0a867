"""The WSGI application Granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maalem.platform.settings")
application = get_wsgi_application()

# Almost all that a request makes is freed when it is done with. Looking for circles after every
# 700 new objects, and again and again among what was loaded for good, cost a tenth of the work.
gc.freeze()
gc.set_threshold(20_000, 50, 100)
