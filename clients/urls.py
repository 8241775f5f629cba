from django.urls import path

from clients.views import assessing, change_rules, contacting, finding, looking, opening, outcomes, registering, sharing, staff, tasks

_ASSESSMENT = "clients/<uuid:client_id>/assessments/<uuid:pk>/"

urlpatterns = [
    path("reception/", finding.reception, name="reception"),
    path("clients/find/", finding.find, name="client-find"),
    path("clients/found/<slug:token>/", finding.found, name="client-found"),
    path("clients/register/", registering.register, name="client-register"),
    path("staff/", staff.staff, name="staff"),
    path("staff/<uuid:pk>/seen/", staff.seen, name="staff-seen"),
    path("staff/<uuid:pk>/seen/print/", staff.seen_paper, name="staff-seen-paper"),
    path("unusual/", staff.unusual, name="unusual"),
    path("unusual/<uuid:pk>/", staff.look_into, name="unusual-look"),
    path("records/open/", opening.open_record, name="record-open"),
    path("records/opened/", opening.to_judge, name="openings"),
    path("clients/<uuid:client_id>/opened/<uuid:pk>/close/", opening.close, name="record-close"),
    path("clients/<uuid:client_id>/opened/<uuid:pk>/judge/", opening.judge, name="opening-judge"),
    path("clients/<uuid:client_id>/looked/", looking.looked, name="client-looked"),
    path("clients/<uuid:client_id>/looked/print/", looking.looked_paper, name="client-looked-paper"),
    path("clients/<uuid:client_id>/sharing/", sharing.sharing, name="client-sharing"),
    path("clients/<uuid:client_id>/sharing/record/", sharing.record, name="consent-record"),
    path("clients/<uuid:client_id>/sharing/form/", sharing.paper, name="consent-form"),
    path("clients/<uuid:client_id>/sharing/<uuid:pk>/withdraw/", sharing.withdraw, name="consent-withdraw"),
    path("clients/<uuid:pk>/contact/", finding.contact, name="client-contact"),
    path("clients/<uuid:client_id>/contact/change/", contacting.change, name="contact-change"),
    path("clients/<uuid:client_id>/outcomes/", outcomes.outcomes, name="client-outcomes"),
    path("administration/change-rules/", change_rules.change_rules, name="change-rules"),
    path("administration/change-rules/add/", change_rules.add, name="change-rule-add"),
    path("administration/change-rules/<uuid:pk>/change/", change_rules.change, name="change-rule-change"),
    path("administration/change-rules/<uuid:pk>/end/", change_rules.end, name="change-rule-end"),
    path("clients/<uuid:client_id>/assess/", assessing.start, name="assessment-start"),
    path("clients/<uuid:client_id>/tasks/<uuid:pk>/done/", tasks.done, name="task-done"),
    path("clients/<uuid:client_id>/tasks/<uuid:pk>/carried-out/", tasks.carried_out, name="task-carried-out"),
    path("clients/<uuid:client_id>/tasks/<uuid:pk>/send-back/", tasks.sent_back, name="task-sent-back"),
    path(_ASSESSMENT, assessing.show, name="assessment-show"),
    path(f"{_ASSESSMENT}edit/", assessing.edit, name="assessment-edit"),
    path(f"{_ASSESSMENT}edit/<slug:section>/", assessing.edit, name="assessment-edit"),
]
