"""Words behind other words."""

import pytest
from django.utils.translation import override

from maalem.platform.ground.site.templatetags.punctuation import also


@pytest.mark.parametrize(
    ("language", "said"), [("fr", ", bleu"), ("en", ", bleu"), ("ar", "، bleu")]
)
def test_a_comma_is_of_the_pages_script(language, said):
    with override(language):
        assert also("bleu") == said
        assert also("") == also(None) == ""
