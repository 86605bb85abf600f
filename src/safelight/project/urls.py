"""Every address of the site, by audience."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("safelight.web.urls")),
    path("accounts/", include("safelight.web.accounts.urls")),
    path("clinic/", include("safelight.web.clinic.urls")),
    path("privacy/", include("safelight.web.privacy.urls")),
    path("forms/", include("safelight.web.forms.urls")),
    path("teaching/", include("safelight.web.teaching.urls")),
    path("library/", include("safelight.web.library.urls")),
    path("sharing/", include("safelight.web.sharing.urls")),
    path("copies/", include("safelight.web.exporting.urls")),
    path("", include("safelight.web.health_links.urls")),
    path("", include("safelight.web.shared.urls")),
    path("screen/", include("safelight.web.display.urls")),
    path("verify/", include("safelight.web.verify.urls")),
    path("demo/", include("safelight.web.demo.urls")),
    path("", include("safelight.web.portal.urls")),
]

handler404 = "safelight.web.refusals.not_found"
handler500 = "safelight.web.refusals.server_error"
