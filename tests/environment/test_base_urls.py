"""Valid base URLs and their normal form, with the same rule for the registry and the environment."""

from __future__ import annotations

import pytest

from custom_providers.environment.base_urls import judged
from custom_providers.providers.profile import WireFamily
from custom_providers.registry import loading
from custom_providers.registry.problems import ConfigError

NORMAL: list[tuple[WireFamily, str, str]] = [
    ("openai", "https://api.openai.com/v1/", "https://api.openai.com/v1"),
    ("openai", "HTTPS://Host.example//v1//", "https://Host.example/v1"),
    ("openai", "https://h.example/v1/chat/completions", "https://h.example/v1"),
    ("openai", "https://h.example/v1/chat/completions/", "https://h.example/v1"),
    ("openai", "https://h.example/v1/responses", "https://h.example/v1"),
    ("openai", "https://h.example/openai/v1/models", "https://h.example/openai/v1"),
    ("openai", "https://h.example/v1/messages", "https://h.example/v1"),
    ("openai", "https://bücher.example/v1", "https://bücher.example/v1"),
    ("openai", "http://[fd00::1]:8000/v1/embeddings", "http://[fd00::1]:8000/v1"),
    ("openai", "https://api.openai.com", "https://api.openai.com/v1"),
    ("openai", "https://openrouter.ai/", "https://openrouter.ai/api/v1"),
    ("openai", "https://openrouter.ai/api/", "https://openrouter.ai/api/v1"),
    ("openai", "https://openrouter.ai/ap", "https://openrouter.ai/ap"),
    ("openai", "https://openrouter.ai/v1", "https://openrouter.ai/api/v1"),
    ("openai", "https://h.example/v1/Chat/Completions", "https://h.example/v1"),
    ("openai", "https://h.example/v1/chat/completions/chat/completions", "https://h.example/v1"),
    ("openai", "https://h.example/v1/audio/speech", "https://h.example/v1"),
    ("openai", "https://h.example/v1/images/generations/", "https://h.example/v1"),
    ("openai", "https://h.example/v1/models/gpt-4o", "https://h.example/v1"),
    ("openai", "https://h.example/v1/responses/compact", "https://h.example/v1"),
    ("openai", "https://h.example/models/v1", "https://h.example/models/v1"),
    ("openai", "https://api.deepseek.com", "https://api.deepseek.com"),
    ("openai", "http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ("openai", "localhost:8000/v1", "http://localhost:8000/v1"),
    ("openai", "[::1]:8000/v1", "http://[::1]:8000/v1"),
    ("anthropic", "https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1"),
    ("anthropic", "https://api.anthropic.com/v1/messages/count_tokens", "https://api.anthropic.com/v1"),
    ("anthropic", "https://h.example/v1/chat/completions", "https://h.example/v1"),
    ("anthropic", "https://h.example/anthropic", "https://h.example/anthropic"),
    ("anthropic", "https://api.anthropic.com", "https://api.anthropic.com"),
    ("ollama", "http://h:11434/v1", "http://h:11434"),
    ("ollama", "http://h:11434/v1/", "http://h:11434"),
    ("ollama", "http://h:11434/api", "http://h:11434"),
    ("ollama", "http://h:11434/api/chat", "http://h:11434"),
    ("ollama", "http://h:11434/api/tags", "http://h:11434"),
    ("ollama", "http://h:11434/v1/chat/completions", "http://h:11434"),
    ("ollama", "http://h:11434/v1/messages", "http://h:11434"),
    ("ollama", "http://h:11434/v1/responses/", "http://h:11434"),
    ("ollama", "http://h:11434/api/version", "http://h:11434"),
    ("ollama", "http://h:11434/API/Pull", "http://h:11434"),
    ("ollama", "https://h/behind/a/proxy", "https://h/behind/a/proxy"),
    ("ollama", "127.0.0.1:11434", "http://127.0.0.1:11434"),
    ("ollama", "0.0.0.0:11434", "http://0.0.0.0:11434"),
    ("gemini", "https://generativelanguage.googleapis.com", "https://generativelanguage.googleapis.com/v1beta"),
    ("gemini", "https://g.example/v1beta/openai/", "https://g.example/v1beta"),
    ("gemini", "https://g.example/v1beta/openai/chat/completions", "https://g.example/v1beta"),
    ("gemini", "https://g.example/v1beta/models/gemini-3:generateContent", "https://g.example/v1beta"),
    ("kimi", "https://api.kimi.com/coding/v1/chat/completions", "https://api.kimi.com/coding/v1"),
    ("kimi", "https://api.kimi.com/coding/", "https://api.kimi.com/coding/v1"),
    ("kimi", "https://api.moonshot.cn", "https://api.moonshot.cn/v1"),
    ("kimi", "https://api.kimi.com/v1", "https://api.kimi.com/coding/v1"),
    ("kimi", "https://api.moonshot.ai/anthropic", "https://api.moonshot.ai/v1"),
    ("kimi", "https://api.moonshot.ai/anthropic/v1/messages", "https://api.moonshot.ai/v1"),
    ("kimi", "https://h.example/moonshot/v1/users/me/balance", "https://h.example/moonshot/v1"),
    ("kimi", "auto", "auto"),
    ("kimi", "AUTO", "auto"),
]

FLAWED = [
    ("https://me:s3cretpw@h/v1", "contains a user name or password"),
    ("https://s3cretpw@h/v1", "contains a user name or password"),
    ("https://h/v1?key=s3cretpw", 'contains "?" or "#"'),
    ("https://h/v1#s3cretpw", 'contains "?" or "#"'),
    ("https://h/s3 cretpw", "contains white space or a control character"),
    ("https://h/\u200bs3cretpw", "contains white space or a control character"),
    ("https://h/v1\r\nX: s3cretpw", "contains white space or a control character"),
    ("h.example/v1", "does not begin with https:// or http://"),
    ("h.example:8000", "does not begin with https:// or http://"),
    ("ftp://h/v1", "does not begin with https:// or http://"),
    ("s3cretpw", "does not begin with https:// or http://"),
    ("http://", "is not a valid URL"),
    ("http://[bad", "is not a valid URL"),
    ("http://h:99999999/v1", "is not a valid URL"),
    ("http://h:0/v1", "is not a valid URL"),
    ("https://<host>/v1", "is not a valid URL"),
    ("https://{host}/v1", "is not a valid URL"),
    ("https://${HOST}/v1", "is not a valid URL"),
    ("https://h%2fv1", "is not a valid URL"),
    ("http://h:/v1", "is not a valid URL"),
    ("http://h\\@evil/v1", "contains a user name or password"),
    ("http://h\\evil/v1", "is not a valid URL"),
]


@pytest.mark.parametrize(("family", "text", "normal"), NORMAL)
def test_a_base_url_has_one_normal_form(family: WireFamily, text: str, normal: str):
    url = judged(text, family)

    assert (url.value, url.flaw) == (normal, "")
    assert judged(normal, family).value == normal
    assert judged(normal, family).changed == ""


@pytest.mark.parametrize("family", ["openai", "anthropic", "ollama", "gemini", "kimi"])
@pytest.mark.parametrize(("text", "flaw"), FLAWED)
def test_what_is_none_is_refused_in_words_that_do_not_show_it(family: WireFamily, text: str, flaw: str):
    url = judged(text, family)

    assert url.flaw.startswith(flaw)
    assert url.value == ""
    assert "s3cret" not in repr(url)


@pytest.mark.parametrize(
    ("family", "text", "changed"),
    [
        ("ollama", "http://h/v1", 'had "/v1" at its end, which is removed: the proxy appends the path'),
        ("openai", "https://api.openai.com", 'has no path: "/v1" is added'),
        ("kimi", "https://api.kimi.com/coding", 'ends with "/coding": "/coding/v1" is used'),
        ("ollama", "localhost:11434", "has no scheme: http:// is added"),
        ("openai", "https://h/v1/", ""),
    ],
)
def test_what_a_person_should_correct_is_said(family: WireFamily, text: str, changed: str):
    assert judged(text, family).changed == changed


def _registry(name: str, url: str) -> str:
    return f'[[provider]]\nname = "{name}"\nauth = "none"\nbase_url = {url!r}\ndefault_model = "m"\n'


IN_FILES = [case for case in NORMAL if case[0] in {"openai", "ollama"} and case[1].startswith("http")]


@pytest.mark.parametrize(("family", "text", "normal"), IN_FILES)
def test_the_registry_takes_the_same_urls_if_they_have_a_scheme(family: WireFamily, text: str, normal: str):

    (provider,) = loading.parse(_registry(family, text).encode(), "providers.toml").providers

    assert provider.base_url == normal


@pytest.mark.parametrize("text", [text for text, _ in FLAWED if text.isprintable() and "\\" not in text])
def test_the_registry_refuses_the_same(text: str):
    with pytest.raises(ConfigError) as caught:
        loading.parse(_registry("openai", text).encode(), "providers.toml")

    assert "providers.toml:4:" in str(caught.value)
