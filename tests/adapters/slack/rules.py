"""Slack's own limits on messages and views, which no stand-in keeps: see SOURCES.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from slack_sdk.models.blocks import Block

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
TITLE, OPTION, OPTION_VALUE, ACTION_ID, METADATA = 24, 75, 150, 255, 3000
KINDS = {
    "section", "divider", "image", "actions", "context", "header", "file", "video", "rich_text", "markdown", "input",
    "call", "table", "context_actions", "plan", "task_card", "card", "carousel", "alert",
}  # fmt: skip
IN_CONTEXT = {"image", "mrkdwn", "plain_text"}
MESSAGES = ("chat.postMessage", "chat.update", "chat.postEphemeral", "chat.scheduleMessage")
VIEWS = ("views.open", "views.push", "views.update", "views.publish")
REQUIRED = {
    "chat.postMessage": ["channel"],
    "chat.update": ["channel", "ts"],
    "users.info": ["user"],
    "users.lookupByEmail": ["email"],
    "views.publish": ["user_id"],
}
_TRIGGER = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+")


def check(method: str, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """What Slack would refuse about a call, in its own words; None when all is well."""
    missing = [name for name in REQUIRED.get(method, ()) if given.get(name) in (None, "")]
    if method in MESSAGES:
        return _message(given, missing)
    if method in VIEWS:
        return _view_call(method, given, missing)
    return (
        _refused("invalid_arguments", f"missing required field: {missing[0]}") if missing else None
    )


def _refused(error: str, message: str = "") -> dict[str, Any]:
    said = {"errors": [message], "response_metadata": {"messages": [f"[ERROR] {message}"]}}
    return {"ok": False, "error": error, **(said if message else {})}


def _message(given: Mapping[str, Any], missing: list[str]) -> dict[str, Any] | None:
    if "channel" in missing:
        return _refused("channel_not_found")
    if missing:
        return _refused("invalid_arguments", f"missing required field: {missing[0]}")
    drawn = _read(given.get("blocks"))
    if given.get("blocks") and drawn is None:
        return _refused("invalid_blocks_format")
    wrong = blocks(drawn, MESSAGE_BLOCKS) if drawn else ""
    if wrong:
        return _refused("invalid_blocks", wrong)
    return None if given.get("text") or drawn else _refused("no_text")


def _view_call(method: str, given: Mapping[str, Any], missing: list[str]) -> dict[str, Any] | None:
    if missing:
        return _refused("invalid_arguments", f"missing required field: {missing[0]}")
    drawn = _read(given.get("view"))
    wrong = view(drawn)
    if not wrong and method != "views.publish" and drawn["type"] == "home":
        wrong = "home view only with views.publish"
    if wrong:
        return _refused("invalid_arguments", wrong)
    opens = method in ("views.open", "views.push")
    if opens and not _TRIGGER.fullmatch(str(given.get("trigger_id") or "")):
        return _refused("invalid_trigger_id")
    return None


def view(drawn: Any) -> str:
    """What is wrong with a modal or a home page; '' when nothing is."""
    if not isinstance(drawn, dict) or drawn.get("type") not in ("modal", "home"):
        return "missing required field: type [json-pointer:/view]"
    if drawn["type"] == "modal":
        if not (drawn.get("title") or {}).get("text"):
            return "missing required field: title [json-pointer:/view]"
        if not drawn.get("submit") and any(b.get("type") == "input" for b in drawn["blocks"]):
            return "submit is required when an input block is present [json-pointer:/view]"
    for name in ("title", "submit", "close"):
        if len((drawn.get(name) or {}).get("text", "")) > TITLE:
            return f"must be less than 25 characters [json-pointer:/view/{name}/text]"
    for name, most in (("callback_id", ACTION_ID), ("private_metadata", METADATA)):
        if len(drawn.get(name) or "") > most:
            return f"must be less than {most + 1} characters [json-pointer:/view/{name}]"
    return blocks(drawn.get("blocks"), VIEW_BLOCKS)


def blocks(drawn: Any, most: int) -> str:
    """What is wrong with a list of blocks; '' when nothing is."""
    if not isinstance(drawn, list):
        return "must be an array [json-pointer:/blocks]"
    if len(drawn) > most:
        return f"no more than {most} items allowed [json-pointer:/blocks]"
    named = [b["block_id"] for b in drawn if isinstance(b, dict) and b.get("block_id")]
    if len(named) != len(set(named)):
        return "`block_id` already exists [json-pointer:/blocks]"
    wrong = ((at, _block(block)) for at, block in enumerate(drawn))
    return next((f"{what} [json-pointer:/blocks/{at}]" for at, what in wrong if what), "")


def _block(block: Any) -> str:
    if not isinstance(block, dict) or block.get("type") not in KINDS:
        return f"unsupported type: {block.get('type') if isinstance(block, dict) else block}"
    try:
        model = Block.parse(block)
        if model is not None:
            model.to_dict()  # runs the SDK's own checks of lengths
    except Exception as problem:
        return str(problem)
    text = block.get("text") or {}
    if block["type"] == "header" and text.get("type") != "plain_text":
        return "header text must be plain_text"
    texts = [block.get("text"), *(block.get("fields") or ())]
    if any(isinstance(part, dict) and not part.get("text") for part in texts):
        return "must be more than 0 characters"
    elements = block.get("elements") or ()
    if block["type"] == "context" and any(e.get("type") not in IN_CONTEXT for e in elements):
        return "unsupported element in context"
    return _elements(list(_held(block)))


def _held(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (e for e in block.get("elements") or () if isinstance(e, dict))
    yield from (block[name] for name in ("accessory", "element") if block.get(name))


def _elements(held: list[Mapping[str, Any]]) -> str:
    actions = [e["action_id"] for e in held if e.get("action_id")]
    if any(len(action) > ACTION_ID for action in actions):
        return "action_id too long"
    if len(actions) != len(set(actions)):
        return "`action_id` already exists in this block"
    for element in held:
        options = element.get("options")
        if options is not None and not 1 <= len(options) <= 100:
            return "options must have 1-100 items"
        for option in options or ():
            label = (option.get("text") or {}).get("text", "")
            if len(option.get("value", "")) > OPTION_VALUE or len(label) > OPTION:
                return "option too long"
    return ""


def _read(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return None
    return value
