"""Pages as HTML, for real browsers. All text is escaped, and there are no scripts."""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from wildgym.tools.web.page import Block, Bullets, Heading, Line, Link, Page, Paragraph, Table
from wildgym.tools.web.search import HITS
from wildgym.tools.web.store import Hit

STYLE = """
body { margin: 0 auto; max-width: 46rem; padding: 1rem; font: 1.05rem/1.6 Georgia, serif;
  color: #222; background: #fdfdfb; overflow-wrap: anywhere; }
a { color: #14508c; } a:visited { color: #6a3d8a; }
h1, h2 { line-height: 1.25; font-weight: normal; }
form { display: flex; gap: .5rem; padding-bottom: 1rem; border-bottom: 1px solid #ccc; }
input { flex: 1; } input, button { font: inherit; padding: .3rem .6rem; }
table { border-collapse: collapse; } th, td { border: 1px solid #ccc; padding: .3rem .7rem; }
th { text-align: left; background: #f0f0ea; } ol h2 { font-size: 1.15rem; margin-bottom: 0; }
.about { color: #555; font-size: .9rem; margin: 0; }
"""
"""How all of them look."""


def local(url: str) -> str:
    """Return where the page at a URL of the web is served."""
    return f"/page?{urlencode({'url': url}, errors='replace')}"


def page_html(page: Page) -> str:
    """Return a page."""
    author = f"by {escape(page.author)}, " if page.author else ""
    about = f'<p class="about">{escape(page.site)}: {author}{_date(page.published)}</p>'
    blocks = "\n".join(map(_block, page.blocks))
    content = f"<article>\n<h1>{escape(page.title)}</h1>\n{about}\n{blocks}\n</article>"
    return document(page.title, content)


def results_html(query: str, hits: Sequence[Hit], number: int, pages: int) -> str:
    """Return a page of results.

    Args:
        query: What was searched for.
        hits: What was found.
        number: Which page of results it is.
        pages: How many there are.
    """
    found = f'<ol start="{HITS * (number - 1) + 1}">\n' + "\n".join(map(_hit, hits)) + "\n</ol>"
    if not hits:
        found = "<p>Nothing was found. Try fewer words, or other ones.</p>"
    near = [(number - 1, "Previous results")] * (1 < number <= pages + 1)
    near += [(number + 1, "Next results")] * (number < pages)
    links = " ".join([f'<a href="{escape(_results(query, at))}">{words}</a>' for at, words in near])
    place = f"<nav>Page {number} of {pages} {links}</nav>" if pages else ""
    return document(f"Results for {query}", f"<h1>Results</h1>\n{found}\n{place}", query)


def document(title: str, content: str, query: str = "") -> str:
    """Return a document with a search box.

    Args:
        title: Its title, as text.
        content: What it shows, as HTML.
        query: What stands in the search box.
    """
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<form action="/search" role="search">
<input type="search" name="q" aria-label="Search the web" value="{escape(query)}">
<button>Search</button>
</form>
<main>
{content}
</main>
</body>
</html>
"""


def _results(query: str, number: int) -> str:
    return f"/search?{urlencode({'q': query, 'page': number}, errors='replace')}"


def _hit(hit: Hit) -> str:
    title = f'<h2><a href="{escape(local(hit.url))}">{escape(hit.title)}</a></h2>'
    about = f'<p class="about">{escape(hit.url)}, {_date(hit.published)}</p>'
    return f"<li>{title}{about}<p>{escape(hit.snippet)}</p></li>"


def _date(published: str) -> str:
    return f'<time datetime="{escape(published)}">{escape(published)}</time>'


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{escape(text)}</h2>"
        case Paragraph(line):
            return f"<p>{_line(line)}</p>"
        case Bullets(items):
            return "<ul>" + "".join([f"<li>{_line(item)}</li>" for item in items]) + "</ul>"
        case Table(head, rows):
            heads = "".join([f"<th>{escape(cell)}</th>" for cell in head])
            body = "".join([f"<tr>{_cells(row)}</tr>" for row in rows])
            return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: Sequence[Line]) -> str:
    return "".join([f"<td>{_line(cell)}</td>" for cell in row])


def _line(line: Line) -> str:
    return "".join(
        [
            f'<a href="{escape(local(part.url))}">{escape(part.text)}</a>'
            if isinstance(part, Link)
            else escape(part)
            for part in line
        ]
    )
