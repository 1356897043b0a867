"""What can be drawn, and in which palettes: the list shared with the demo's catalogue."""

# Each kind with the palettes that suit it; the first is what an unnamed palette falls back to
# half of the time, the others share the rest.
PALETTES_OF: dict[str, tuple[str, ...]] = {
    # weaving
    "rug_taznakht": ("saffron", "madder", "indigo", "henna"),
    "rug_beni_ourain": ("ivory", "charcoal", "fawn"),
    "rug_azilal": ("festive", "majorelle", "rose", "mint"),
    "rug_boucherouite": ("festive", "majorelle", "rose", "mint"),
    "hanbel": ("madder", "indigo", "saffron", "ivory"),
    "cushion": ("saffron", "madder", "indigo", "ivory", "majorelle", "mint"),
    "blanket": ("ivory", "indigo", "rose", "saffron", "mint"),
    "scarf": ("indigo", "saffron", "madder", "mint", "majorelle"),
    # pottery
    "tagine": ("safi", "safi_polychrome", "fes", "terracotta", "tamegroute", "sale"),
    "plate": ("fes", "safi", "safi_polychrome", "sale", "tamegroute"),
    "bowl": ("fes", "safi", "safi_polychrome", "sale", "tamegroute"),
    "vase": ("safi", "fes", "tamegroute", "sale", "safi_polychrome"),
    "jar": ("tamegroute", "fes", "safi", "terracotta"),
    "mug": ("safi", "fes", "safi_polychrome", "tamegroute", "sale"),
    "candle_holder": ("tamegroute", "terracotta", "fes"),
    # glass
    "tea_glass": ("majorelle", "mint", "amber", "rose", "clear"),
    # zellige
    "zellige_panel": ("fes", "tamegroute", "majorelle", "saffron", "ivory"),
    "zellige_table": ("fes", "tamegroute", "majorelle", "saffron"),
    # brass, copper, silver plate, iron
    "lantern": ("brass", "copper", "silver"),
    "tray": ("brass", "copper", "silver"),
    "teapot": ("silver", "brass", "copper"),
    "iron_mirror": ("iron", "brass"),
    "iron_table": ("iron", "brass"),
    # leather
    "babouche": ("saffron", "ivory", "madder", "majorelle", "black", "rose", "henna"),
    "pouf": ("henna", "saffron", "ivory", "black", "majorelle", "madder"),
    "leather_bag": ("henna", "black", "madder", "saffron"),
    "belt": ("henna", "black", "madder"),
    "saddle": ("madder", "henna", "black"),
    # wood and instruments
    "thuya_box": ("thuya", "lemonwood", "cedar"),
    "wooden_bowl": ("thuya", "walnut", "cedar"),
    "moucharabieh": ("cedar", "walnut"),
    "bendir": ("cedar", "henna"),
    "darbouka": ("fes", "safi", "terracotta", "majorelle"),
    "guembri": ("cedar", "walnut"),
    # palm and rush
    "basket": ("straw", "madder", "indigo", "black"),
    "hat": ("straw", "madder", "indigo", "black"),
    # silver
    "fibula": ("silver", "enamel"),
    "necklace": ("silver", "coral", "amber", "enamel"),
    "bracelet": ("silver", "enamel", "coral"),
    "earrings": ("silver", "enamel", "coral"),
    # clothing and embroidery
    "caftan": ("majorelle", "madder", "saffron", "mint", "rose", "ivory"),
    "djellaba": ("ivory", "henna", "indigo", "charcoal"),
    "tablecloth": ("fes", "madder", "mint", "ivory"),
    "felt_hat": ("madder", "ivory", "indigo", "fawn"),
    "doll": ("festive", "madder", "majorelle"),
    # plaster, stone, the kitchen and the bath
    "gebs_panel": ("plaster", "ivory"),
    "stone_bowl": ("marble", "onyx", "fossil"),
    "candle": ("ivory", "saffron", "madder", "mint"),
    "soap": ("mint", "rose", "saffron", "ivory"),
    "argan_oil": ("amber", "clear"),
}

KINDS: tuple[str, ...] = tuple(PALETTES_OF)

# Banners: one landscape for each region, keyed on the region's official two-digit code.
SCENE_OF_REGION: dict[str, str] = {
    "01": "blue_town",  # Tanger-Tétouan-Al Hoceïma
    "02": "almond_hills",  # L'Oriental
    "03": "medina",  # Fès-Meknès
    "04": "ramparts",  # Rabat-Salé-Kénitra
    "05": "cedar_forest",  # Béni Mellal-Khénifra
    "06": "harbour",  # Casablanca-Settat
    "07": "palm_grove",  # Marrakech-Safi
    "08": "dunes",  # Drâa-Tafilalet
    "09": "argan_hills",  # Souss-Massa
    "10": "oasis",  # Guelmim-Oued Noun
    "11": "desert_plain",  # Laâyoune-Sakia El Hamra
    "12": "lagoon",  # Dakhla-Oued Ed-Dahab
}
