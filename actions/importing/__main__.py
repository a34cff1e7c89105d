"""Print the tree of a plan as JSON: `python -m actions.importing FILE`.

The files in `fixtures/` are made with it from the Word files in `tests/seeds/`, for instance
`python -m actions.importing tests/seeds/maldon-csp-2015.docx > fixtures/maldon-csp-2015.json`.
"""

import json
import sys
from pathlib import Path

from actions.importing import read_plan
from csp_tracker.grids import GridRefused


def main(path: Path) -> int:
    """Write the tree to standard output, or why there is none to standard error."""
    try:
        tree = read_plan(path.read_bytes(), path.name)
    except GridRefused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(json.dumps(tree.to_json(), ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
