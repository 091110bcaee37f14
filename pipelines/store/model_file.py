"""A model of the matcher as a file: what a run learned, reviewed by somebody, or saved by ``bidui link``."""

from pathlib import Path

from matching import Model
from pipelines.files.opening import read_file
from pipelines.files.refusal import FileRefused

MODEL = "model.json"


class BadModel(Exception):
    """A file is no model, or not one that can be used; the message, in Chinese, says why."""


def load_model(path: Path, not_text: str = "不是文本文件") -> Model:
    """The model that was saved as ``path``. Raises BadModel, whose message does not name the file (``not_text``: the message where
    it holds no text), and OSError."""
    try:
        return Model.from_json(read_file(path).decode("utf-8"))
    except UnicodeDecodeError:
        raise BadModel(not_text) from None
    except FileRefused as error:
        raise BadModel(error.message) from None
    except ValueError as error:
        raise BadModel(str(error)) from None
