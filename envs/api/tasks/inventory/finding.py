"""Programs that find an entry by its exact name."""

from collections.abc import Generator
from typing import Any

from wildgym.envs.api.services.inventory import find_items, list_suppliers, list_warehouses
from wildgym.tools import Row, ToolCall


def find_item(name: str) -> Generator[ToolCall, Any, Row]:
    """Find an item by its exact name."""
    found = yield find_items(name=name)
    return next(item for item in found if item["name"] == name)


def find_warehouse(name: str) -> Generator[ToolCall, Any, Row]:
    """Find a warehouse by its exact name."""
    warehouses = yield list_warehouses()
    return next(warehouse for warehouse in warehouses if warehouse["name"] == name)


def find_supplier(name: str) -> Generator[ToolCall, Any, Row]:
    """Find a supplier by its exact name."""
    suppliers = yield list_suppliers()
    return next(supplier for supplier in suppliers if supplier["name"] == name)
