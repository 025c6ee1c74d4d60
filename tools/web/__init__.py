"""A web to search and to read: pages, the store that serves them, and an agent's tools over it."""

from wildgym.tools.web.browser import BROWSER_TOOLS as BROWSER_TOOLS
from wildgym.tools.web.browser import find_in_page as find_in_page
from wildgym.tools.web.browser import follow_link as follow_link
from wildgym.tools.web.browser import go_back as go_back
from wildgym.tools.web.browser import next_part as next_part
from wildgym.tools.web.browser import open_page as open_page
from wildgym.tools.web.browser import read_tables as read_tables
from wildgym.tools.web.page import Block as Block
from wildgym.tools.web.page import Bullets as Bullets
from wildgym.tools.web.page import Heading as Heading
from wildgym.tools.web.page import Inline as Inline
from wildgym.tools.web.page import Link as Link
from wildgym.tools.web.page import Page as Page
from wildgym.tools.web.page import Paragraph as Paragraph
from wildgym.tools.web.page import Table as Table
from wildgym.tools.web.search import web_search as web_search
from wildgym.tools.web.store import Web as Web
from wildgym.tools.web.store import build as build

WEB_TOOLS = (web_search, *BROWSER_TOOLS)
"""What every family with a web offers."""
