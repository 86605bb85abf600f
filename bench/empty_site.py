"""Django with one view that says nothing, for granian to serve."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="of no use")  # noqa: S106 - it signs nothing
urlpatterns = [path("", lambda _request: HttpResponse(headers={"Content-Length": "0"}))]
application = get_wsgi_application()
