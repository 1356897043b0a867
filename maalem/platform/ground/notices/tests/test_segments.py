import pytest

from maalem.platform.ground.notices.segments import Size, plain, size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Size("gsm7", 0, 0)),
        ("a" * 160, Size("gsm7", 160, 1)),
        ("a" * 161, Size("gsm7", 161, 2)),
        ("a" * 306, Size("gsm7", 306, 2)),
        ("a" * 307, Size("gsm7", 307, 3)),
        ("€" * 80, Size("gsm7", 160, 1)),
        ("€" * 81, Size("gsm7", 162, 2)),
        ("é à è ù ì ò", Size("gsm7", 11, 1)),
        ("ê" + "a" * 69, Size("ucs2", 70, 1)),
        ("ê" + "a" * 70, Size("ucs2", 71, 2)),
        ("ع" * 134, Size("ucs2", 134, 2)),
        ("😀" * 35, Size("ucs2", 70, 1)),
        ("😀" * 36, Size("ucs2", 72, 2)),
    ],
)
def test_a_text_has_the_segments_a_carrier_bills(text, expected):
    assert size(text) == expected


def test_typography_alone_never_doubles_the_price():
    assert plain("C’est prêt : « tapis »…") == 'C\'est pret : " tapis "...'
    assert size(plain("C’est prêt : « tapis »…")).alphabet == "gsm7"


def test_arabic_keeps_every_letter():
    assert plain("رمزك: 123456") == "رمزك: 123456"
