"""What a file should hold, one format a file: compared by content, never by the look of it."""

from wildgym.envs.files.formats.archive import Tar as Tar
from wildgym.envs.files.formats.archive import Zip as Zip
from wildgym.envs.files.formats.core import Content as Content
from wildgym.envs.files.formats.database import Database as Database
from wildgym.envs.files.formats.database import Table as Table
from wildgym.envs.files.formats.document import Ini as Ini
from wildgym.envs.files.formats.document import JsonDocument as JsonDocument
from wildgym.envs.files.formats.document import JsonLines as JsonLines
from wildgym.envs.files.formats.document import Toml as Toml
from wildgym.envs.files.formats.document import Yaml as Yaml
from wildgym.envs.files.formats.markup import Node as Node
from wildgym.envs.files.formats.markup import Xml as Xml
from wildgym.envs.files.formats.table import Csv as Csv
from wildgym.envs.files.formats.table import MarkdownTable as MarkdownTable
from wildgym.envs.files.formats.text import Exact as Exact
from wildgym.envs.files.formats.text import Text as Text
