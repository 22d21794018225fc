"""Which order an ``Idempotency-Key`` belongs to: a request is one order, however often it comes."""

from base64 import b32encode
from hashlib import sha256
from http import HTTPStatus
from typing import Final

import msgspec
from pydantic import BaseModel

from voldesk.gateways.order_desk import OrderDesk
from voldesk.gateways.problems import ClientError

LONGEST_KEY: Final = 200
_KEY_CHARACTERS: Final = 16  # 80 bits
_BODY_CHARACTERS: Final = 8
_MARK: Final = "vd"


class Tickets:
    """
    Makes order ids of keys and bodies, so that the journal itself remembers which key was used.

    An id holds a digest of the key and one of the body. After a restart the orders that are known
    tell which keys are taken, and by what.
    """

    def __init__(self, desk: OrderDesk) -> None:
        self._desk = desk
        self._taken: dict[str, str] = {}
        self._is_read = False

    def claim(self, key: str, body: BaseModel) -> tuple[str, bool]:
        """
        Return the id of the order of a request, and whether it is claimed for the first time.

        Raises:
            ClientError: The key is missing or cannot be one, or belongs to another request.
        """
        if not key:
            raise ClientError(
                "no_key",
                "an order needs an Idempotency-Key, made when its ticket opens: then it is sent"
                " once, however often it is asked for",
                HTTPStatus.PRECONDITION_REQUIRED,
            )
        if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise ClientError(
                "bad_parameter",
                f"an Idempotency-Key of {len(key)} characters, expected 1 to {LONGEST_KEY}"
                " printable ASCII characters",
                HTTPStatus.UNPROCESSABLE_ENTITY,
            )
        self._read()
        head = f"{_MARK}-{_digest(key.encode(), _KEY_CHARACTERS)}"
        content = msgspec.json.encode(body.model_dump(mode="json"))
        asked = f"{head}-{_digest(content, _BODY_CHARACTERS)}"
        known = self._taken.get(head)
        if known not in {None, asked}:
            raise ClientError(
                "key_reused",
                f"the Idempotency-Key belongs to order {known}, whose request was another one:"
                " make a new key",
                HTTPStatus.CONFLICT,
            )
        self._taken[head] = asked
        return asked, known is None

    def release(self, client_order_id: str) -> None:
        """Give the key of an order back that came to nothing: it may ask for another one."""
        if self._desk.find(client_order_id) is None:
            self._taken.pop(client_order_id.rpartition("-")[0], None)

    def _read(self) -> None:
        """Learn from the orders that are known which keys are taken."""
        if self._is_read:
            return
        for order in self._desk.orders():
            head, _, tail = order.intent.client_order_id.rpartition("-")
            if head.startswith(f"{_MARK}-") and len(tail) == _BODY_CHARACTERS:
                self._taken[head] = order.intent.client_order_id
        self._is_read = True


def _digest(content: bytes, size: int) -> str:
    return b32encode(sha256(content).digest()).decode()[:size]
