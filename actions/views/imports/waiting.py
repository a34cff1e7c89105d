"""A file between its upload and its preview: kept in a folder of its own while it is read apart.

The reader runs beside the web worker and outlives the request, so the folder says everything: whose file it is, how far
the reading has come, and which preview it became.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404

from csp_tracker.grids import Reading, forget, forget_old, start, state_of
from csp_tracker.models import FileImport, Partnership, User

PATIENCE = 2.0  # seconds that the upload itself waits: most files are read by then
GLANCE = 0.05
KEPT_FOR = 24 * 60 * 60
NOTES = "notes.json"


@dataclass(frozen=True)
class Waiting:
    """One file on its way."""

    folder: Path
    notes: dict[str, Any]

    @classmethod
    def begin(cls, file: UploadedFile, *, token: UUID, kind: str, partnership: Partnership, by: User) -> Self:
        """Put the file down and start to read it; the same form sent again goes on with what it began."""
        data, name = file.read(), file.name or "file"
        notes = {
            "name": name,
            "kind": kind,
            "partnership": partnership.pk,
            "person": by.pk,
            "sha256": sha256(data).hexdigest(),
        }
        folder = _home() / str(token)
        if (folder / NOTES).exists():
            known = cls._at(folder)
            if notes.items() <= known.notes.items() and not known.is_thrown_away:
                return known
            folder = _home() / str(uuid4())  # back, and the same form for another file, or for the same once more
        folder.mkdir(parents=True, mode=0o700)
        (folder / "source").write_bytes(data)
        (folder / "source").chmod(0o600)
        (folder / NOTES).write_text(json.dumps(notes), encoding="utf-8")
        start(folder, name)
        forget_old(_home(), seconds=KEPT_FOR)
        return cls(folder, notes)

    @classmethod
    def of(cls, token: UUID, by: User) -> Self:
        """The file of an address; unknown to everybody but the person who brought it."""
        folder = _home() / str(token)
        if not (folder / NOTES).exists():
            raise Http404
        waiting = cls._at(folder)
        if waiting.notes["person"] != by.pk:
            raise Http404
        return waiting

    @classmethod
    def _at(cls, folder: Path) -> Self:
        return cls(folder, json.loads((folder / NOTES).read_text(encoding="utf-8")))

    @property
    def token(self) -> str:
        """What the waiting page's address is made of."""
        return self.folder.name

    @property
    def name(self) -> str:
        """What the file was called."""
        return self.notes["name"]

    @property
    def preview(self) -> int | None:
        """The import that came of it, once there is one."""
        return self.notes.get("preview")

    @property
    def is_thrown_away(self) -> bool:
        """Whether the preview that came of it is gone again."""
        return self.preview is not None and not FileImport.objects.filter(pk=self.preview).exists()

    def read(self, patience: float = 0.0) -> Reading:
        """How far it has come, after no longer than that."""
        until = monotonic() + patience
        while True:
            reading = state_of(self.folder)
            if reading.is_done or monotonic() >= until:
                return reading
            sleep(GLANCE)

    def become(self, make: Callable[[bytes], FileImport]) -> int | None:
        """Make the preview of it, once, and let go of the bytes that it keeps; None while another tab does."""
        source, taken = self.folder / "source", self.folder / "taken"
        try:
            source.rename(taken)
        except FileNotFoundError:
            return None
        try:
            file_import = make(taken.read_bytes())
        except BaseException:
            taken.rename(source)
            raise
        (self.folder / NOTES).write_text(json.dumps(self.notes | {"preview": file_import.pk}), encoding="utf-8")
        for path in self.folder.iterdir():
            if path.name != NOTES:
                path.unlink()
        return file_import.pk

    def forget(self) -> None:
        """Nothing is kept of a file that was refused."""
        forget(self.folder)


def _home() -> Path:
    return Path(settings.MEDIA_ROOT) / "reading"
