"""What the two grammars share: parameters to model and back, and refusals that point into the payload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.errors import (
    BridgeError,
    InvalidCodecError,
    NotRepresentableError,
    Problem,
    UnknownCodecError,
)
from zarrcodec_bridge.core.json_values import MAX_DEPTH, NotJSONError, Path, copy_json
from zarrcodec_bridge.core.messages import closest_name, describe_exception, excerpt, short_message
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.propagation import name_of, with_byte_order
from zarrcodec_bridge.core.registry import broken_plugins
from zarrcodec_bridge.core.spec import CodecSpec, Dialect, Form
from zarrcodec_bridge.dialects.parameters import validator
from zarrcodec_bridge.readers import find_reader, readers_of

__all__ = [
    "check_depth",
    "check_target",
    "first_form",
    "invalid",
    "no_json",
    "parse_extension",
    "read_params",
    "unknown",
    "without_byte_order",
    "write_params",
]


def invalid(what: str, value: Any, path: Path) -> InvalidCodecError:
    """A refusal: `what` was expected where `value` stands."""
    return InvalidCodecError.at(path, f"expected {what}, got {excerpt(value)}")


def no_json(error: Exception, path: Path) -> InvalidCodecError:
    """A refusal of parameters that are kept as they are, and which JSON cannot say."""
    text = short_message(error)
    return InvalidCodecError.at(
        path, text if text.startswith("expected") else f"expected JSON: {text}"
    )


def unknown(dialect: Dialect, name: str, path: Path) -> UnknownCodecError:
    """A refusal of a name, with near ones."""
    from zarrcodec_bridge.dialects.suggestions import similar_names  # only errors need it

    return UnknownCodecError(dialect, name, similar_names(dialect, name), path, broken_plugins())


def check_depth(ctx: ReadContext, path: Path) -> None:
    """Refuse codecs nested in codecs without end."""
    if ctx.depth > MAX_DEPTH:
        raise InvalidCodecError.at(path[:4], f"codecs are nested deeper than {MAX_DEPTH}")


def parse_extension(payload: Any, path: Path) -> tuple[str, dict[str, Any], bool]:
    """The name and the configuration of a v3 codec, and whether it may be skipped."""
    if isinstance(payload, str):
        payload = {"name": payload}
    if not isinstance(payload, dict):
        raise invalid("a v3 codec {'name', 'configuration'}", payload, path)
    name = payload.get("name")
    if not isinstance(name, str):
        raise invalid("the codec's name as 'name'", name, (*path, "name"))
    for key in payload:
        if key not in ("name", "configuration", "must_understand"):
            meant = closest_name(str(key), ("name", "configuration", "must_understand"))
            hint = f"; did you mean {meant!r}?" if meant else ""
            raise InvalidCodecError.at(
                (*path, key), f"unknown key; expected name and configuration{hint}"
            )
    required = payload.get("must_understand", True)
    if not isinstance(required, bool):
        raise invalid("true or false", required, (*path, "must_understand"))
    configuration = payload.get("configuration", {})
    if not isinstance(configuration, dict):
        raise invalid("an object", configuration, (*path, "configuration"))
    return name, configuration, not required


def read_params(
    spec: CodecSpec, form: Form, params: dict[str, Any], ctx: ReadContext, path: Path
) -> Codec:
    """Read the parameters of a known codec, as `form` spells them, into its canonical model."""
    validate = validator(form, spec.model)
    try:
        found = validate(params)
    except Exception as error:  # a ValidationError, or what foreign objects raise
        found = _second_look(spec, form, params, error, ctx, path)
    if form.read is None:
        return cast(Codec, found)
    ctx.path = path
    try:
        return form.read(found, ctx)
    except BridgeError:
        raise
    except ValidationError as error:
        raise InvalidCodecError(_problems(error, form, params, path)) from None
    except (ValueError, RecursionError, NotJSONError) as error:
        raise InvalidCodecError.at(path, short_message(error)) from None
    except Exception as error:  # foreign objects in the payload
        raise InvalidCodecError.at(path, describe_exception(error)) from error


def _second_look(
    spec: CodecSpec,
    form: Form,
    params: dict[str, Any],
    error: Exception,
    ctx: ReadContext,
    path: Path,
) -> Any:
    """Read again as plain JSON, without the keys that other writers are known to leave."""
    try:
        tidy = copy_json(params)
    except (TypeError, ValueError, RecursionError) as problem:
        raise InvalidCodecError.at(path, short_message(problem)) from None
    foreign = [key for key in tidy if key in spec.ignored_keys] if not ctx.strict else []
    for key in foreign:
        del tidy[key]
    repairs = [] if ctx.strict else _repair(form, tidy)
    try:
        found = validator(form, spec.model)(tidy)
    except ValidationError as second:
        first = error if isinstance(error, ValidationError) else second
        raise InvalidCodecError(_problems(first, form, params, path)) from None
    for key in foreign:
        ctx.note(form.name, f"{key!r}, which other writers leave there, is dropped")
    for repaired in repairs:
        ctx.note(form.name, repaired)
    return found


def _repair(form: Form, params: dict[str, Any]) -> list[str]:
    """Fix in place what readers open, since decoding does not depend on it; say what was done."""
    notes = []
    repaired = form.repair(params) if form.repair is not None else None
    if repaired is not None:
        notes.append(repaired)
    for key, value in form.assumed.items():
        if key not in params:
            params[key] = value
            notes.append(
                f"{key}, which decoding does not need, is missing, and becomes {excerpt(value)},"
                " the default of zarr-python"
            )
    return notes


def _problems(
    error: ValidationError, form: Form, params: dict[str, Any], path: Path
) -> list[Problem]:
    known = list(form.params.model_fields)
    problems: list[Problem] = []
    for item in error.errors(include_url=False, include_context=True):
        at = _in_payload(item["loc"], params, known)
        problem = Problem((*path, *at), _message(dict(item), known))
        if problem.path not in [other.path for other in problems]:
            problems.append(problem)
        if len(problems) == 20:
            break
    return problems


def _in_payload(loc: Path, value: Any, known: list[str]) -> Path:
    """The steps of a location that stand in the payload, or should: no names of models and of union members."""
    steps: list[str | int] = []
    for index, step in enumerate(loc):
        if _holds(value, step):
            value = value[step]
        elif not (index == 0 and step in known) and not _left_out(loc, index, value):
            continue
        steps.append(step)
    return tuple(steps)


def _holds(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(step, int) and isinstance(value, (list, tuple)) and step < len(value)


def _left_out(loc: Path, index: int, value: Any) -> bool:
    """Whether the last step of a location is what an object or a list lacks."""
    step = loc[index]
    if index < len(loc) - 1:
        return False
    if isinstance(value, dict):
        return str(step).isidentifier()
    return isinstance(value, (list, tuple)) and isinstance(step, int)


def _message(item: dict[str, Any], known: list[str]) -> str:
    kind, value = item["type"], item.get("input")
    if kind == "missing":
        return "expected this key"
    if kind == "extra_forbidden":
        near = closest_name(str(item["loc"][-1]), known, alike=0.6)
        hint = f"; did you mean {near!r}?" if near else ""
        keys = ", ".join(known) if known else "no parameters"
        return f"unknown key; expected {keys}{hint}"
    error = (item.get("ctx") or {}).get("error")
    if error is not None:
        return short_message(error)
    message = str(item["msg"]).replace("Input should be", "expected")
    return f"{message[0].lower()}{message[1:]}, got {excerpt(value)}"


def write_params(codec: Codec, form: Form, ctx: WriteContext) -> dict[str, Any]:
    """The parameters of a codec as `form` spells them."""
    if form.write is not None:
        return form.write(codec, ctx)
    params: dict[str, Any] = codec.__pydantic_serializer__.to_python(
        codec, mode="json", exclude_unset=form.sparse
    )
    for name, names in form.renamed.items():
        if name in params:
            params[name] = _inverse(names).get(params[name], params[name])
    return params


def _inverse(names: Mapping[Any, Any]) -> dict[Any, Any]:
    return {canonical: name for name, canonical in names.items()}


def first_form(codec: Codec, spec: CodecSpec, ctx: WriteContext) -> tuple[Form, dict[str, Any]]:
    """The first form that says this codec and that the target opens."""
    refusal: NotRepresentableError | None = None
    reader = find_reader(ctx.target) if ctx.dialect == "v3" else None
    for form in spec.forms(ctx.dialect):
        if not form.written:
            continue
        if reader is not None and not reader.opens("v3", form.name):
            continue
        try:
            return form, write_params(codec, form, ctx)
        except NotRepresentableError as error:
            refusal = refusal or error
    if refusal is not None:
        raise refusal
    raise NotRepresentableError(ctx.dialect, spec.title, _why(spec, ctx))


def without_byte_order(codec: Codec, ctx: WriteContext) -> Codec:
    """The same codec with native data types in its parameters, as v3 has them."""
    native = with_byte_order(codec, "little")
    if native is not codec:
        ctx.note(name_of(codec), "its data types lose their byte order, which in v3 `bytes` has")
    return native


def check_target(codec: KeptCodec, ctx: WriteContext) -> None:
    """Refuse an unregistered codec for a named reader, unless the context lets it pass."""
    if ctx.target != "spec" and ctx.unknown == "error":
        raise NotRepresentableError(
            "v3",
            codec.name,
            f"{ctx.target} is not known to open it; unknown='keep' passes it through",
        )


def _why(spec: CodecSpec, ctx: WriteContext) -> str:
    forms = spec.forms(ctx.dialect)
    if forms and any(form.written for form in forms):
        others = sorted({name for form in forms for name in readers_of(ctx.dialect, form.name)})
        does = "does" if len(others) == 1 else "do"
        readers = f"; {' and '.join(others)} {does}" if others else ""
        return f"{ctx.target} does not open it{readers}"
    reason = spec.no_v2 if ctx.dialect == "v2" else spec.no_v3
    return reason or f"{ctx.dialect} has no such codec"
