"""Whatever a verb asks is answered over the wire, and by the stand-in, in the same words."""

import inspect
import re
from pathlib import Path

import pytest

from maalem.platform.ground.gateway import calls, cases, desk, tools
from maalem.platform.ground.gateway.fake import Fake
from maalem.platform.ground.gateway.live import Live

ASKED = sorted(
    name
    for module in (calls, cases, desk, tools)
    for name in re.findall(
        r"_bank\(\)\s*\.\s*(\w+)\(", Path(module.__file__).read_text(encoding="utf-8")
    )
)


@pytest.mark.parametrize("name", dict.fromkeys(ASKED))
def test_both_answer_it_alike(name):
    live, fake = (inspect.signature(getattr(kind, name)) for kind in (Live, Fake))
    named = {one for one in live.parameters if live.parameters[one].kind.name != "VAR_KEYWORD"}
    loose = any(one.kind.name == "VAR_KEYWORD" for one in fake.parameters.values())
    assert loose or named == set(fake.parameters), name
