import asyncio
from collections.abc import Sequence
from contextlib import nullcontext

import pytest

from maalem.payments.together import Together


def test_a_crowd_goes_together_and_each_gets_its_own_answer():
    async def story() -> None:
        batches: list[int] = []

        async def double(_: None, items: Sequence[int]) -> list[int | Exception]:
            batches.append(len(items))
            await asyncio.sleep(0.01)
            return [ValueError(item) if item == 13 else item * 2 for item in items]

        crowd = Together(double, lend=nullcontext, most=64)
        answers = await asyncio.gather(
            *(crowd.submit(n) for n in range(100)), return_exceptions=True
        )
        assert isinstance(answers[13], ValueError)
        assert [a for n, a in enumerate(answers) if n != 13] == [
            n * 2 for n in range(100) if n != 13
        ]
        assert len(batches) <= 3

    asyncio.run(story())


def test_a_batch_that_fails_is_told_to_all_and_the_next_one_works():
    async def story() -> None:
        fails = [True]

        async def write(_: None, items: Sequence[int]) -> list[int | Exception]:
            if fails.pop() if fails else False:
                raise OSError("gone")
            return list(items)

        crowd = Together(write, lend=nullcontext, most=8)
        with pytest.raises(OSError, match="gone"):
            await crowd.submit(1)
        assert await crowd.submit(2) == 2

    asyncio.run(story())
