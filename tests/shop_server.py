"""An MCP server that tests wrap: a small shop. Run as a program, it speaks on stdin and stdout."""

import base64
import json
import os
from typing import Annotated, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, ImageContent, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

READS = ToolAnnotations(read_only_hint=True)
Status = Literal["open", "shipped", "cancelled"]
DATE = {"format": "date"}
OrderId = Annotated[str, Field(description="The order's id.")]


class Order(BaseModel):
    """An order."""

    id: str
    customer: str
    status: Status
    total: float
    placed: str
    express: bool


def shop() -> MCPServer:  # noqa: C901 (many small tools)
    """A server with every kind of result: rows, a row, text, JSON in text, a number, an image."""
    server = MCPServer("shop", instructions="A small shop.")
    orders = {f"ord-{n}": drawn_order(n) for n in range(12)}
    notes = {}

    def known(order_id):
        if order_id not in orders:
            raise ToolError(f"There is no order {order_id!r}.")
        return orders[order_id]

    @server.tool(annotations=READS)
    def list_orders(
        customer: Annotated[str | None, Field(description="Whose; all if absent.")] = None,
        status: Annotated[Status | None, Field(description="With which status.")] = None,
    ) -> list[Order]:
        """List orders."""
        found = orders.values()
        return [o for o in found if customer in (None, o.customer) and status in (None, o.status)]

    @server.tool(annotations=READS)
    def get_order(order_id: OrderId) -> Order:
        """Get one order."""
        return known(order_id)

    @server.tool()
    def set_status(
        order_id: OrderId,
        status: Annotated[Status, Field(description="The new status.")],
        express: Annotated[bool, Field(description="Whether it is express.")] = False,
    ) -> Order:
        """Set an order's status."""
        changed = {"status": status, "express": express}
        orders[order_id] = known(order_id).model_copy(update=changed)
        return orders[order_id]

    @server.tool()
    def add_note(
        order_id: OrderId,
        text: Annotated[str, Field(description="What it says.")],
        due: Annotated[str | None, Field(description="By when.", json_schema_extra=DATE)] = None,
        tags: Annotated[list[str], Field(description="Tags.")] = [],  # noqa: B006
    ) -> str:
        """Add a note to an order."""
        notes.setdefault(known(order_id).id, []).append([text, due, *tags])
        return f"Noted: {text}"

    @server.tool(annotations=READS, structured_output=False)
    def read_notes(order_id: OrderId) -> str:
        """Read an order's notes, which are JSON."""
        return json.dumps(notes.get(order_id, []))

    @server.tool(annotations=READS)
    def count_orders() -> int:
        """Count all orders."""
        return len(orders)

    @server.tool(annotations=READS)
    def picture(order_id: OrderId) -> CallToolResult:
        """Look at an order."""
        image = base64.b64encode(order_id.encode()).decode()
        text = TextContent(text=f"A picture of {order_id}.")
        return CallToolResult(content=[text, ImageContent(data=image, mime_type="image/png")])

    @server.tool()
    def break_down() -> str:
        """End the process."""
        os._exit(1)

    @server.resource("shop://hours")
    def hours() -> str:
        return "9 to 5"

    @server.prompt()
    def greet(name: str) -> str:
        return f"Greet {name}."

    return server


def drawn_order(n):
    return Order(
        id=f"ord-{n}",
        customer=f"cus-{n % 3}",
        status=("open", "shipped")[n % 2],
        total=10.5 * n + 1,
        placed=f"2025-03-{n + 1:02}",
        express=n % 2 == 0,
    )


if __name__ == "__main__":
    shop().run()
