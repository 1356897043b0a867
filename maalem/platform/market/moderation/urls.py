from django.urls import path

from maalem.platform.market.moderation import desk

app_name = "moderation"
urlpatterns = [
    path("", desk.waiting, name="desk"),
    path("<int:product>/", desk.case, name="case"),
    path("<int:product>/looked/", desk.looked, name="looked"),
    path("<int:product>/rule/", desk.rule, name="rule"),
    path("<int:product>/lift/", desk.lift, name="lift"),
    path("<int:product>/decide/", desk.decide, name="decide"),
]
