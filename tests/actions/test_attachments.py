import zipfile
from io import BytesIO

import pytest

from actions.attachments import ENDINGS, LARGEST, LARGEST_PART, Unfit, kind_of, refuse_unfit, size_in_words, tidy_name
from tests.office_files import WORD_FILE, WORKBOOK, rezipped, zipped

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
TYPES = "[Content_Types].xml"


def open_document(kind="text", **parts):
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": b"<a/>"} | parts)


def presentation(**parts):
    main = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    return zipped({
        TYPES: f'<Types xmlns="{types}"><Override PartName="/ppt/presentation.xml" ContentType="{main}"/>'
               "</Types>".encode(),
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="a" Type="{kind}" '
                       'Target="ppt/presentation.xml"/></Relationships>'.encode(),
        "ppt/presentation.xml": b"<p/>",
    } | parts)  # fmt: skip


def of_type(data, old, new):
    """The Office file with another word for what it is."""
    with zipfile.ZipFile(BytesIO(data)) as file:
        return rezipped(data, **{TYPES: file.read(TYPES).replace(old, new)})


def bomb():
    """An archive whose table says of a part that it unpacks to 300 MB."""
    data = bytearray(zipped({"word/document.xml": b"a" * 50}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (300 * 1024 * 1024).to_bytes(4, "little")
    return bytes(data)


MANY = zipped({f"{number}.xml": b"" for number in range(5001)})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("report.pdf", PDF, id="PDF"),
        pytest.param("REPORT.PDF", PDF, id="capitals"),
        pytest.param("report.exe.pdf", PDF, id="a PDF with an odd name"),
        pytest.param("plan.docx", WORD_FILE, id="Word"),
        pytest.param("plan.xlsx", WORKBOOK, id="Excel"),
        pytest.param("slides.pptx", presentation(), id="PowerPoint"),
        pytest.param("minutes.odt", open_document(), id="OpenDocument text"),
        pytest.param("figures.ods", open_document("spreadsheet"), id="OpenDocument sheet"),
        pytest.param("slides.odp", open_document("presentation"), id="OpenDocument slides"),
        pytest.param("log.csv", "Ward,Patrols\nZwölf,2 < 3\n".encode(), id="CSV"),
        pytest.param("log.csv", "Ward;£\r\n".encode("cp1252"), id="CSV as Excel writes it"),
        pytest.param("log.csv", "Ward,Patrols".encode("utf-16"), id="CSV in UTF-16"),
        pytest.param("note.txt", "\ufeffCalled <Mrs A> at 9\f".encode(), id="text"),
        pytest.param("=cmd|calc.csv", b"=1+1", id="a formula is text"),
        pytest.param("photo.png", PNG, id="PNG"),
        pytest.param("photo.jpg", JPEG, id="JPEG"),
        pytest.param("photo.jpeg", JPEG, id="JPEG in full"),
        pytest.param("large.pdf", PDF.ljust(LARGEST, b" "), id="5 MB exactly"),
    ],
)
def test_a_good_file_is_taken(name, data):
    refuse_unfit(name, data)
    assert name.lower().endswith(ENDINGS)


MISMATCH = "not what its name says"
MACROS = "carries macros or programs"
WEB = "parts of a web page"
NONE_OF_THESE = "Choose a file of one of these kinds"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        pytest.param("report.pdf", b"", "is empty: choose another", id="empty"),
        pytest.param("large.pdf", PDF.ljust(LARGEST + 1, b" "), "larger than 5 MB", id="one byte too many"),
        pytest.param("report.pdf.exe", b"MZ\x90\0", NONE_OF_THESE, id="double ending"),
        pytest.param("report", PDF, NONE_OF_THESE, id="no ending"),
        pytest.param("report.pdf ", PDF, NONE_OF_THESE, id="blank behind the ending"),
        pytest.param("page.html", b"<html>", "print it to a .pdf", id="web page"),
        pytest.param("page.svg", b"<svg/>", "print it to a .pdf", id="SVG"),
        pytest.param("files.zip", zipped({"a.pdf": PDF}), "one by one", id="archive"),
        pytest.param("plan.doc", OLD_OFFICE, "save it as .docx", id="old Word"),
        pytest.param("plan.docm", WORD_FILE, "without them as .docx", id="Word with macros"),
        pytest.param("photo.heic", b"ftypheic", "Save the picture as .jpg", id="a phone's picture"),
        pytest.param("mail.msg", OLD_OFFICE, "Print the mail", id="mail"),
        pytest.param("report.pdf", b"MZ\x90\0", MISMATCH, id="a program called PDF"),
        pytest.param("report.pdf", b"junk %PDF-1.7", MISMATCH, id="a PDF that begins later"),
        pytest.param("report.pdf", b"%PDF-1.7\n<html><script>alert(1)</script>", WEB, id="PDF and web page"),
        pytest.param("photo.png", JPEG, MISMATCH, id="JPEG called PNG"),
        pytest.param("photo.jpg", JPEG + b"<svg onload=alert(1)>", WEB, id="JPEG and SVG"),
        pytest.param("photo.jpg", b"GIF89a", MISMATCH, id="GIF called JPEG"),
        pytest.param("log.csv", b"<!DOCTYPE html><table>", WEB, id="web page called CSV"),
        pytest.param("note.txt", b"Hello <ScRiPt src=//x>", WEB, id="script in a text"),
        pytest.param("note.txt", "<html>".encode("utf-16"), WEB, id="web page in UTF-16"),
        pytest.param("note.txt", b"MZ\x90\0\x03", MISMATCH, id="program called text"),
        pytest.param("log.csv", WORKBOOK, MISMATCH, id="workbook called CSV"),
        pytest.param("note.txt", b"\xff\xfe\x00", MISMATCH, id="half of UTF-16"),
        pytest.param("plan.docx", WORKBOOK, MISMATCH, id="workbook called Word"),
        pytest.param("plan.xlsx", open_document("spreadsheet"), MISMATCH, id="OpenDocument called Excel"),
        pytest.param("plan.odt", open_document("spreadsheet"), MISMATCH, id="sheet called text"),
        pytest.param("plan.odt", WORD_FILE, MISMATCH, id="Word called OpenDocument"),
        pytest.param("plan.docx", zipped({"a.txt": b"a"}), MISMATCH, id="any archive called Word"),
        pytest.param("plan.docx", b"MZ" + WORD_FILE, MISMATCH, id="program with an archive behind it"),
        pytest.param("plan.docx", WORD_FILE[:3000], MISMATCH, id="cut off"),
        pytest.param("plan.docx", OLD_OFFICE, "Office before 2007: save it as .docx", id="old Word called new"),
        pytest.param("plan.docx", OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "password", id="password"),
        pytest.param("plan.docx", rezipped(WORD_FILE, **{"word/vbaProject.bin": b"a"}), MACROS, id="macros inside"),
        pytest.param("plan.docx", rezipped(WORD_FILE, **{"word/embeddings/a.xlsm": b"a"}), MACROS, id="macros deeper"),
        pytest.param("plan.docx", rezipped(WORD_FILE, **{"word/media/a.EXE": b"MZ"}), MACROS, id="program inside"),
        pytest.param("plan.odt", open_document(**{"Basic/Standard/a.xml": b"a"}), MACROS, id="OpenDocument macros"),
        pytest.param(
            "plan.docx",
            of_type(WORD_FILE, b"wordprocessingml.document.main", b"wordprocessingml.macroEnabled.main"),
            MACROS,
            id="said to carry macros",
        ),
        pytest.param("plan.docx", bomb(), "unpacks to far more", id="bomb of one part"),
        pytest.param("plan.docx", MANY, "unpacks to far more", id="many parts"),
        pytest.param(
            "plan.docx", rezipped(WORD_FILE, **{TYPES: b" " * (LARGEST_PART + 1)}), MISMATCH, id="bomb in a part"
        ),
        pytest.param(
            "plan.docx", rezipped(WORD_FILE, **{TYPES: b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), MISMATCH, id="entities"
        ),
        pytest.param("plan.docx", rezipped(WORD_FILE, **{"WORD/document.xml": b"a"}), "damaged", id="a part twice"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_what_to_do(name, data, sentence):
    with pytest.raises(Unfit, match=sentence) as refused:
        refuse_unfit(name, data)
    assert str(refused.value)[0].isupper()


def test_no_part_of_an_office_file_is_unpacked_but_the_two_that_say_what_it_is(monkeypatch):
    opened = []
    real = zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile, "open", lambda self, name, *more: opened.append(name) or real(self, name, *more)
    )
    refuse_unfit("plan.docx", WORD_FILE)
    assert opened == [TYPES, "_rels/.rels"]


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("C:\\Users\\anna\\report.pdf", "report.pdf"),
        ("../../etc/report.pdf", "report.pdf"),
        ("Zwölf  Straßen\n.pdf", "Zwölf Straßen.pdf"),
        ("דוח.pdf", "דוח.pdf"),
        ("report\u202efdp.exe", "reportfdp.exe"),
        ("\u200bre\0port.pdf", "report.pdf"),
        ("=cmd|' /C calc'!A0.csv", "C calc'!A0.csv"),
        ("=cmd.csv", "=cmd.csv"),
        ("<b>.pdf", "<b>.pdf"),
        ("report.pdf. ", "report.pdf"),
        ("...", ""),
        ("é" * 300 + ".pdf", "é" * 251 + ".pdf"),
        ("a" * 300, "a" * 255),
        ("a." + "b" * 300, "a." + "b" * 253),
    ],
)
def test_a_name_is_kept_without_what_leads_astray(name, tidy):
    assert tidy_name(name) == tidy
    assert len(tidy_name(name)) <= 255


def test_what_a_file_is_served_as_comes_from_our_own_table():
    assert kind_of("a.PDF").content_type == "application/pdf"
    assert kind_of("a.html").content_type == kind_of("a").content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 byte"), (900, "900 bytes"), (655_360, "640 kB"), (1_258_291, "1.2 MB"), (LARGEST, "5.0 MB")],
)
def test_a_size_is_said_in_words(size, words):
    assert size_in_words(size) == words
