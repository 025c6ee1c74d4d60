"""Reports: metrics as tables for a terminal, as Markdown, as JSON, and as one page of HTML."""

from wildgym.benchmarks.report.grids import grids as grids
from wildgym.benchmarks.report.grids import summary as summary
from wildgym.benchmarks.report.tables import Grid as Grid
from wildgym.benchmarks.report.tables import markdown as markdown
from wildgym.benchmarks.report.tables import show as show
