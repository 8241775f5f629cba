"""What a partnership decides for itself, on one page, and each changed on its own. Configuration only, no client."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from carehub import local_settings
from carehub.actions.local_settings import change_setting
from carehub.asking import Asking
from carehub.guards import requires
from carehub.local_setting_forms import SettingForm
from carehub.models import SettingChange
from carehub.views.administration import tabs


@requires("configure")
def settings_page(request: HttpRequest) -> HttpResponse:
    held = local_settings.of(request.actor.partnership)
    newest: dict[str, SettingChange] = {}
    for change in SettingChange.objects.of_partnership(request.actor.partnership_id):
        newest.setdefault(change.setting, change)
    rows = [
        {"about": about, "says": about.says(getattr(held, about.name)), "last": newest.get(about.name)} for about in local_settings.ABOUT
    ]
    groups = [(words, [row for row in rows if row["about"].group == group]) for group, words in local_settings.GROUPS.items()]
    return render(request, "administration/settings.html", {"groups": groups, "tabs": tabs(), "tab": "local-settings"})


@requires("configure")
def change(request: HttpRequest, setting: str) -> HttpResponse:
    try:
        about = local_settings.about(setting)
    except KeyError:
        raise Http404 from None
    partnership = request.actor.partnership
    number = getattr(local_settings.of(partnership), setting)
    asking = Asking(
        request, SettingForm, kind="setting", subject=setting, back_url=reverse("local-settings"), stands={"seen": number}, about=about
    )
    if form := asking.answered():
        if asking.does(lambda: change_setting(by=request.actor, name=setting, **form.cleaned_data)):
            return redirect("local-settings")
        # Whoever was second has been told what it says now: their next save knows of it.
        partnership.refresh_from_db()
        number = getattr(local_settings.of(partnership), setting)
        form.data = form.data.copy()
        form.data["seen"] = str(number)
    changes = SettingChange.objects.of_partnership(partnership.pk).filter(setting=setting)
    return asking.page(
        "administration/setting.html",
        heading=_("Change a local setting"),
        submit_text=_("Save"),
        about=about,
        says=about.says(number),
        default=about.says(about.default),
        changes=[(each, about.says(each.before), about.says(each.after)) for each in changes],
    )
