"""Writing a checked archive: some hundred notes in each transaction, with room between them for other writers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from portal.cli.import_alone import stay_alone
from portal.cli.import_checking import Checked
from portal.database import again
from portal.domain.archive_rows import Note
from portal.domain.archives import Archive, note_key
from portal.domain.errors import Stale
from portal.domain.organisation import Person
from portal.ports import CredentialsUnavailable, Space
from portal.queries.archives import names_of, notes_in
from portal.record.document import seal
from portal.wiring import Portal
from portal.workflows import archive_photos, credit_photos, import_archive
from portal.workflows.credit_photos import Site
from portal.workflows.draft_photos import Developed
from portal.workflows.import_archive import Asked, Numbered, new_salt

MOST, LEAST = 200, 5  # notes, and photos, in one transaction
SHORT, LONG = 0.2, 0.5  # seconds of a transaction, outside of which the next one holds twice or half as many
PAUSE = 0.03  # seconds between two, in which other writers get their turn
TRIES = 5  # to publish before somebody else does in the same year

Tell = Callable[[int, int], None]


@dataclass
class Written:
    """new: notes that were brought in now, before: that were in; numbers: the first and the last of those of now, by
    year."""

    new: int = 0
    before: int = 0
    numbers: dict[str, tuple[str, str]] = field(default_factory=dict)

    def count(self, numbers: Sequence[str]) -> None:
        """These notes are in now."""
        self.new += len(numbers)
        for number in numbers:
            first, _last = self.numbers.get(number[:4], (number, number))
            self.numbers[number[:4]] = first, number


def write_notes(portal: Portal, checked: Checked, *, anew: bool, tell: Tell) -> Written:
    """Bring everything in that is not in yet. Raises `OneAtATime`, and what `import_archive.begin` does."""
    asked = Asked(
        name=checked.source,
        file_name=checked.name,
        file_sha256=checked.sha256,
        rows=checked.rows,
        anew=anew,
    )
    with portal.database.writing() as session:
        actor = session.get_one(Person, checked.actor.id)
        archive = import_archive.begin(session, asked=asked, actor=actor, now=portal.now())
        session.flush()
        archive_id = archive.id
    writer = _Writer(portal, checked, archive_id)
    for notes in writer.together(checked.notes()):
        writer.write(notes)
        tell(writer.written.new + writer.written.before, checked.rows)
    with portal.database.writing() as session:
        import_archive.end(
            session,
            archive=session.get_one(Archive, archive_id),
            actor=session.get_one(Person, checked.actor.id),
            notes=writer.written.new,
            now=portal.now(),
        )
        archive_photos.forget(session)
    return writer.written


class _Writer:
    """Writes one archive, batch by batch."""

    def __init__(self, portal: Portal, checked: Checked, archive_id: int) -> None:
        self._portal, self._checked, self._archive_id = portal, checked, archive_id
        self.written, self._most = Written(), MOST // 4

    def together(self, notes: Iterator[Note]) -> Iterator[list[Note]]:
        """Notes for one transaction each: not too many, and not too many photos."""
        some: list[Note] = []
        photos = 0
        for note in notes:
            if some and (len(some) >= self._most or photos + len(note.pictures) > self._most):
                yield some
                some, photos = [], 0
            some.append(note)
            photos += len(note.pictures)
        if some:
            yield some

    def write(self, notes: Sequence[Note]) -> None:
        """Bring in those of these notes that are not in."""
        stay_alone(self._portal)
        keys = {note_key(self._checked.source, note.number): note for note in notes}
        with self._portal.database.reading() as session:
            known = notes_in(session, keys=list(keys))
        new = [note for key, note in keys.items() if key not in known]
        self.written.before += len(known)
        if not new:
            return
        for _try in range(TRIES):
            try:
                numbers = self._publish(new)
                break
            except Stale:  # somebody has published in one of these years meanwhile
                continue
        else:
            raise Stale("numbers_taken")
        self.written.count(numbers)
        time.sleep(PAUSE)

    def _publish(self, notes: Sequence[Note]) -> list[str]:
        numbered = self._numbered(notes)
        for each in numbered:
            for developed, _salt in each.pictures:
                for rendition in developed.renditions:
                    self._portal.media.publish(rendition["name"])
        return again(lambda: self._bring_in(numbered))

    def _bring_in(self, numbered: Sequence[Numbered]) -> list[str]:
        """One transaction. How long it was decides how much the next one holds, so that nobody waits for long."""
        with self._portal.database.writing() as session:
            session.connection()  # it begins here; what it waited for others is not its own
            begun = time.monotonic()
            numbers = import_archive.bring_in(
                session,
                archive=session.get_one(Archive, self._archive_id),
                numbered=numbered,
                actor=session.get_one(Person, self._checked.actor.id),
                now=self._portal.now(),
            )
        seconds = time.monotonic() - begun
        if seconds > LONG:
            self._most = max(LEAST, self._most // 2)
        elif seconds < SHORT:
            self._most = min(MOST, self._most * 2)
        return numbers

    def _numbered(self, notes: Sequence[Note]) -> list[Numbered]:
        """The notes with their numbers, and photos signed under these numbers; files before rows."""
        wanted = {picture.sha256 for note in notes for picture in note.pictures}
        with self._portal.database.reading() as session:
            numbers = import_archive.foretold(session, notes)
            waiting = archive_photos.waiting(session, sha256=wanted) if wanted else {}
            names = names_of(session, notes=notes) if wanted else {}
        return [
            Numbered(
                note=note,
                number=number,
                pictures=[
                    self._credited(waiting[picture.sha256], number, place, *names[note.number])
                    for place, picture in enumerate(note.pictures, start=1)
                ],
            )
            for note, number in zip(notes, numbers, strict=True)
        ]

    def _credited(
        self, developed: Developed, number: str, place: int, project: str, unit: str
    ) -> tuple[Developed, str]:
        """A photo with its seal's salt, its large renditions signed where photos are signed here."""
        portal, salt = self._portal, new_salt()
        if portal.credentials is None or portal.credentials.check() is not None:
            return developed, salt
        site = Site(name=portal.settings.site_name, url=portal.settings.public_url)
        original = seal(bytes.fromhex(salt), developed.sha256)
        said = credit_photos.statement(project, unit, original, number=number, place=place, site=site)
        try:
            made = credit_photos.signed(
                developed.renditions, said, credentials=portal.credentials, media=portal.media
            )
        except CredentialsUnavailable:
            return developed, salt
        with portal.database.writing() as session:
            credit_photos.stand(session, portal.credentials.authority, portal.now())
        for rendition, data in made:
            if data is not None:
                portal.media.put(Space.STAGED, rendition["name"], data)
        return replace(developed, renditions=[rendition for rendition, _data in made]), salt
