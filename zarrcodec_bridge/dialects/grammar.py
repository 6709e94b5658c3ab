"""What the two grammars share: parameters to model and back, and errors that say where in the payload."""

from __future__ import annotations

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
from zarrcodec_bridge.core.messages import (
    Hint,
    Message,
    closest_name,
    describe_exception,
    did_you_mean,
    excerpt,
    short_message,
)
from zarrcodec_bridge.core.model import Codec, KeptCodec, frozen, thaw
from zarrcodec_bridge.core.propagation import name_of, with_byte_order
from zarrcodec_bridge.core.registry import broken_plugins
from zarrcodec_bridge.core.spec import CodecSpec, Dialect, Form
from zarrcodec_bridge.readers import find_readers, opened_by


def invalid(what: str, value: Any, path: Path) -> InvalidCodecError:
    """Make the error for a `value` where `what` was expected."""
    return InvalidCodecError.at(path, f"expected {what}, got {excerpt(value)}")


def no_json(error: Exception, path: Path) -> InvalidCodecError:
    """Make the error for parameters of a kept codec that are not JSON."""
    text = short_message(error)
    return InvalidCodecError.at(
        path, text if text.startswith("expected") else f"expected JSON: {text}"
    )


def unknown(
    dialect: Dialect, name: str, path: Path, *, can_pass: bool = True, alone: bool = False
) -> UnknownCodecError:
    """Make the error for an unregistered name, with similar names; `alone` if it is all that a user gave."""
    from zarrcodec_bridge.dialects.suggestions import (  # only errors need it
        name_with_level,
        similar_names,
    )

    return UnknownCodecError(
        dialect,
        name,
        similar_names(dialect, name) or (name_with_level(name) if alone else []),
        path,
        broken_plugins(),
        can_pass=can_pass,
    )


def refuse_other_inputs(source: Any, path: Path) -> None:
    """Refuse an input that is not a codec, and name the call that takes it; return where the input is not known."""
    from zarrcodec_bridge.dialects.inputs import wrong_input  # only errors need it

    error = wrong_input(source, path)
    if error is not None:
        raise error from None


def check_depth(ctx: ReadContext, path: Path) -> None:
    """Refuse codecs that are nested too deep."""
    if ctx.depth > MAX_DEPTH:
        raise InvalidCodecError.at(path[:4], f"codecs are nested deeper than {MAX_DEPTH}")


def parse_extension(payload: Any, path: Path) -> tuple[str, dict[str, Any], bool]:
    """Give the name and the configuration of v3 JSON, and whether readers may skip the codec."""
    if isinstance(payload, str):
        payload = {"name": payload}
    if not isinstance(payload, dict):
        raise invalid("a v3 codec {'name', 'configuration'}", payload, path)
    name = payload.get("name")
    if not isinstance(name, str):
        refuse_other_inputs(payload, path)
        raise invalid("the codec's name as 'name'", name, (*path, "name"))
    for key in payload:
        if key not in ("name", "configuration", "must_understand"):
            meant = closest_name(str(key), ("name", "configuration", "must_understand"))
            raise InvalidCodecError.at(
                (*path, key),
                Message("unknown key; expected name and configuration", did_you_mean(meant)),
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
    try:
        found = _validate(form, spec.model, params)
    except Exception as error:  # a ValidationError; foreign objects may raise anything
        found = _read_leniently(spec, form, params, error, ctx, path)
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


def _validate(form: Form, model: type[Codec], params: dict[str, Any]) -> Any:
    """Read parameters into the model of the form, or into the canonical model where the form has no `read`."""
    found = form.params.model_validate(params)
    if form.read is not None or form.params is model:
        return found
    values = dict(found.__dict__)
    for name, names in form.renamed.items():
        values[name] = names.get(values[name], values[name])
    for name in form.json_text:
        values[name] = None if values[name] is None else frozen(values[name])
    return model.model_construct({*found.model_fields_set}, **values)  # they were validated


def _read_leniently(
    spec: CodecSpec,
    form: Form,
    params: dict[str, Any],
    error: Exception,
    ctx: ReadContext,
    path: Path,
) -> Any:
    """Read parameters again, as plain JSON and without the deviations of other writers that are known."""
    try:
        tidy = copy_json(params)
    except (TypeError, ValueError, RecursionError) as problem:
        raise InvalidCodecError.at(path, short_message(problem)) from None
    ignored = [key for key in tidy if key in spec.ignored_keys] if not ctx.strict else []
    for key in ignored:
        del tidy[key]
    repairs = [] if ctx.strict else _repair(form, tidy)
    try:
        found = _validate(form, spec.model, tidy)
    except ValidationError as second:
        first = error if isinstance(error, ValidationError) else second
        raise InvalidCodecError(_problems(first, form, params, path)) from None
    for key in ignored:
        ctx.note(form.name, f"{key!r}, which other writers leave there, is dropped")
    for repaired in repairs:
        ctx.note(form.name, repaired)
    return found


def _repair(form: Form, params: dict[str, Any]) -> list[str]:
    """Fix in place the deviations on which decoding does not depend; give a note for each."""
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
    """Give the steps of a location that are keys and indices of the payload, without Pydantic's own names."""
    steps: list[str | int] = []
    for index, step in enumerate(loc):
        if _has_step(value, step):
            value = value[step]
        elif not (index == 0 and step in known) and not _is_missing_step(loc, index, value):
            continue
        steps.append(step)
    return tuple(steps)


def _has_step(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(step, int) and isinstance(value, (list, tuple)) and step < len(value)


def _is_missing_step(loc: Path, index: int, value: Any) -> bool:
    """Whether the last step of a location is a key or an index that the payload lacks."""
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
        keys = ", ".join(known) if known else "no parameters"
        return Message(f"unknown key; expected {keys}", did_you_mean(near))
    error = (item.get("ctx") or {}).get("error")
    if error is not None:
        return short_message(error)
    message = str(item["msg"]).replace("Input should be", "expected")
    return f"{message[0].lower()}{message[1:]}, got {excerpt(value)}"


def write_params(codec: Codec, form: Form, ctx: WriteContext) -> dict[str, Any]:
    """Write the parameters of a codec as `form` spells them."""
    if form.write is not None:
        return form.write(codec, ctx)
    params: dict[str, Any] = codec.__pydantic_serializer__.to_python(
        codec, mode="json", exclude_unset=form.sparse
    )
    for name, names in form.renamed.items():
        if name in params:
            inverse = {canonical: spelled for spelled, canonical in names.items()}
            params[name] = inverse.get(params[name], params[name])
    for name in form.json_text:
        params[name] = None if params[name] is None else thaw(params[name])
    return params


def first_form(codec: Codec, spec: CodecSpec, ctx: WriteContext) -> tuple[Form, dict[str, Any]]:
    """Find the first form that can be written and that the target opens; give it and its parameters."""
    refusal: NotRepresentableError | None = None
    readers = find_readers(ctx.target) if ctx.dialect == "v3" else ()
    for form in spec.forms(ctx.dialect):
        if not form.written:
            continue
        if not all(reader.v3.may_have(form.name) for reader in readers):
            continue
        try:
            return form, write_params(codec, form, ctx)
        except NotRepresentableError as error:
            refusal = refusal or error
    if refusal is not None:
        raise refusal
    raise NotRepresentableError(ctx.dialect, spec.title, _reason(spec, ctx))


def without_byte_order(codec: Codec, ctx: WriteContext) -> Codec:
    """Give the same codec with native data types in its parameters, as v3 has them."""
    native = with_byte_order(codec, "little")
    if native is not codec:
        ctx.note(name_of(codec), "its data types lose their byte order, which in v3 `bytes` has")
    return native


def check_target(codec: KeptCodec, ctx: WriteContext) -> None:
    """Refuse a kept codec for a named target, unless the context lets it pass."""
    if ctx.target != "spec" and ctx.unknown == "error":
        raise NotRepresentableError(
            "v3",
            codec.name,
            Message(
                f"{ctx.target} is not known to open it; ",
                Hint("unknown", "keep"),
                " passes it through",
            ),
        )


def _reason(spec: CodecSpec, ctx: WriteContext) -> str:
    forms = spec.forms(ctx.dialect)
    if forms and any(form.written for form in forms):
        from zarrcodec_bridge.readers.refusals import list_readers  # only errors need it

        others = dict.fromkeys(
            name for form in forms for name in opened_by(ctx.dialect, [form.name])
        )
        refusing = [
            reader.title
            for reader in find_readers(ctx.target)
            if not any(reader.opens(ctx.dialect, form.name) for form in forms if form.written)
        ]
        closed = [
            reader.title for reader in find_readers(ctx.target) if not reader.knows(ctx.dialect)
        ]
        if closed:
            opens = "opens" if len(closed) == 1 else "open"
            return f"{' and '.join(closed)} {opens} no {ctx.dialect}{list_readers([*others])}"
        if not refusing:
            return f"{ctx.target} open it by different names"
        do = "does not" if len(refusing) == 1 else "do not"
        return f"{' and '.join(refusing)} {do} open it{list_readers([*others])}"
    reason = spec.no_v2 if ctx.dialect == "v2" else spec.no_v3
    return reason or f"{ctx.dialect} has no such codec"
