from django.urls import path

from maalem.platform.market.studio.views import (
    edit,
    imports,
    papers,
    pieces,
    prices,
    reviews,
    sales,
)

app_name = "studio"
urlpatterns = [
    path("", sales.sales, name="sales"),
    path("orders/<slug:number>/", sales.order, name="order"),
    path("orders/<slug:number>/handed-over/", sales.handed_over, name="handed_over"),
    path("orders/<slug:number>/papers/", papers.parcel, name="papers"),
    path("orders/<slug:number>/papers/<int:position>/", papers.piece, name="declare"),
    path("orders/<slug:number>/papers/<slug:name>.<slug:kind>", papers.paper, name="paper"),
    path("pieces/", pieces.mine, name="pieces"),
    path("pieces/new/", pieces.new, name="new_piece"),
    path("pieces/<slug:slug>/", pieces.piece, name="piece"),
    path("pieces/<slug:slug>/price/", edit.price, name="edit_price"),
    path("pieces/<slug:slug>/words/", edit.words, name="edit_words"),
    path("pieces/<slug:slug>/sizes/", edit.sizes, name="edit_sizes"),
    path("pieces/<slug:slug>/fair/", edit.fair, name="edit_fair"),
    path("pieces/<slug:slug>/photos/", edit.photos, name="edit_photos"),
    path("pieces/<slug:slug>/put/", edit.put, name="put_piece"),
    path("imports/", imports.imports, name="imports"),
    path("imports/model.csv", imports.model, name="import_model"),
    path("imports/<int:number>/", imports.one, name="import"),
    path("imports/<int:number>/wrong.csv", imports.wrong_lines, name="import_wrong"),
    path("money/", sales.money, name="money"),
    path("prices/", prices.prices, name="prices"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/<int:review>/answer/", reviews.answer, name="answer_review"),
    path("reviews/<int:review>/appeal/", reviews.appeal, name="appeal_review"),
    path("workshop/", sales.choose, name="choose"),
]
