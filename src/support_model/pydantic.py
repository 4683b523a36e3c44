"""Answers as types of pydantic, so that FastAPI returns them and OpenAPI describes them.

Needs the extra `pydantic`. An endpoint that is declared to return `Plain[Evaluation]` returns an
`Evaluation`; what goes out is its plain form, and the schema of the API is that of the form,
with a component for each answer in it. Fields of models work alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from attrs import field

from support_model import _records as doc
from support_model._checks import valid
from support_model._files.answers import COMPUTED, record_of
from support_model._frozen import frozen
from support_model._sentences import must_be_catalogue
from support_model.errors import InvalidValue, MissingExtra

try:
    from pydantic_core import core_schema
except ModuleNotFoundError:
    extra = needs = "pydantic"
    raise MissingExtra(extra, needs) from None

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = ["Plain", "PlainForm"]

Answer = TypeVar("Answer")
KEY = "support_model"
"""Where pydantic keeps the table of the keys of an answer."""


@frozen
class PlainForm:
    """The annotation of an answer that goes out in its plain form.

    Attributes:
        catalogue: the words of its sentences, by default English.

    Raises:
        InvalidValue: no catalogue.

    Example:
        >>> from typing import Annotated
        >>> from pydantic import TypeAdapter
        >>> from support_model.reasons import Reason
        >>> german = TypeAdapter(Annotated[Reason, PlainForm({"holiday": "Feiertag: {name}"})])
        >>> german.dump_python(Reason.of("holiday", name="Neujahr"), mode="json")["text"]
        'Feiertag: Neujahr'
    """

    catalogue: Mapping[str, str] | None = field(default=None, validator=valid(must_be_catalogue))

    def __get_pydantic_core_schema__(
        self, source: type, _: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Return how pydantic checks and writes an answer: by the table of its keys.

        Raises:
            InvalidValue: a class without a plain form.
        """
        record, given = record_of(source), {"catalogue": self.catalogue}

        def check(value: object) -> object:
            if isinstance(value, source):
                return value
            if record in COMPUTED:
                raise InvalidValue(value, f"no {source.__name__}", "compute it")
            return doc.read(record, value, record.definition)

        written = core_schema.plain_serializer_function_ser_schema(
            lambda answer: doc.write(record, answer, record.definition, given), when_used="json"
        )
        return core_schema.no_info_plain_validator_function(
            check, serialization=written, metadata={KEY: record}
        )

    def __get_pydantic_json_schema__(
        self, core: Mapping[str, Any], handler: GetJsonSchemaHandler
    ) -> Any:  # noqa: ANN401 - as pydantic has it
        """Return a reference to the schema of the form, a component of the API's."""
        defs: dict[str, Any] = {}
        return _referring(core["metadata"][KEY].described(defs), defs, handler)


Plain = Annotated[Answer, PlainForm()]
"""An answer that goes out in its plain form, in English: `Plain[Evaluation]`."""


def _referring(part: Any, defs: Mapping[str, Any], handler: GetJsonSchemaHandler) -> Any:  # noqa: ANN401 - any part of a JSON Schema
    """Return a part of a JSON Schema whose references lead to components."""
    if isinstance(part, list):
        return [_referring(each, defs, handler) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _component(part["$ref"].removeprefix("#/$defs/"), defs, handler)
    kinds = part.get("type")
    if isinstance(kinds, list):  # which many readers of OpenAPI do not know
        rest = {key: each for key, each in part.items() if key != "type"}
        part = {"anyOf": [{"type": kind} for kind in kinds], **rest}
    return {key: _referring(each, defs, handler) for key, each in part.items()}


def _component(name: str, defs: Mapping[str, Any], handler: GetJsonSchemaHandler) -> Any:  # noqa: ANN401 - as pydantic has it
    """Return the reference to a component, which is described when it is met first."""
    title = name.title().replace("_", "")
    named = core_schema.any_schema(ref=f"support_model.{title}")
    reference = handler(core_schema.list_schema(named))["items"]
    component = handler.resolve_ref_schema(reference)
    if not component:
        component["title"] = title  # it may refer to itself
        component.update(_referring(defs[name], defs, handler))
    return reference
