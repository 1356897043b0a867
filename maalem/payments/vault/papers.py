"""Files that hold account numbers, sealed whole: what goes to the bank and what comes from it."""

import asyncio
import base64
import zlib

from maalem.payments.vault.envelope import DataKeys
from maalem.payments.vault.keys import WrongKey, open_sealed, seal


class Papers:
    """Seals a file for its place (the id of its row); there alone it opens again."""

    def __init__(self, data_keys: DataKeys) -> None:
        self._data_keys = data_keys

    async def seal(self, content: bytes, *, place: str) -> str:
        """`content`, packed and sealed, as text that names its key."""
        key_id, key = await self._data_keys.current()
        sealed = seal(zlib.compress(content, 6), key=key, place=place.encode())
        return f"{key_id}:{base64.b64encode(sealed).decode()}"

    async def open(self, sealed: str, *, place: str) -> bytes:
        """The file, or `WrongKey`."""
        number, _, body = sealed.partition(":")
        if not number.isdecimal():
            raise WrongKey("this is no sealed file")
        key = await self._data_keys.get(int(number))
        return zlib.decompress(open_sealed(base64.b64decode(body), key=key, place=place.encode()))


class Pictures:
    """Seals pictures of people's papers. They are compressed already, and large: the work is done
    beside the loop, where no payment waits for it."""

    def __init__(self, data_keys: DataKeys) -> None:
        self._data_keys = data_keys

    async def seal(self, content: bytes, *, place: str) -> str:
        """`content`, sealed for its place, as text that names its key."""
        key_id, key = await self._data_keys.current()
        sealed = await asyncio.to_thread(seal, content, key=key, place=place.encode())
        return f"{key_id}:{base64.b64encode(sealed).decode()}"

    async def open(self, sealed: str, *, place: str) -> bytes:
        """The picture, or `WrongKey`."""
        number, _, body = sealed.partition(":")
        key = await self._data_keys.get(int(number))
        closed = base64.b64decode(body)
        return await asyncio.to_thread(open_sealed, closed, key=key, place=place.encode())
