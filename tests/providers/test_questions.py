"""Requests to providers: permitted targets of a key, timeouts, and the error without a response."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import respx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from custom_providers.environment.unusable_proxy import UnusableProxyError
from custom_providers.providers.account import questions
from custom_providers.providers.account.account import Reply
from custom_providers.providers.account.questions import Question, ask_all
from tests.pointsman.listening import Respond, answer, listening

CANARY = "sk-canary-Wx4Tq9Zr7Lm2Kp8"
KEYED = {"Authorization": f"Bearer {CANARY}"}


def one(url: str, headers: dict[str, str] | None = None) -> Reply:
    return ask_all({"it": Question(url=url, headers=headers or {})})["it"]


def test_everybody_is_asked_before_anybody_has_to_answer():
    everyone = threading.Barrier(10)

    def together(handler: BaseHTTPRequestHandler) -> None:
        everyone.wait(questions.SECONDS)
        answer(handler)

    with listening(together) as url:
        replies = ask_all({f"p{number}": Question(url=f"{url}/") for number in range(10)})

    assert {reply.status for reply in replies.values()} == {200}


def test_one_that_never_answers_costs_its_own_limit_and_nobody_elses_answer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(questions, "SECONDS", 0.5)
    over = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        over.wait() if handler.path == "/silent" else answer(handler)

    with listening(silent) as url:
        replies = ask_all({name: Question(url=f"{url}/{name}") for name in ("silent", "quick")})
        over.set()

    assert (replies["silent"].status, replies["quick"].status) == (None, 200)


def test_a_silent_name_server_is_given_up_and_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(questions, "SECONDS", 0.5)
    looked_up, over, real = threading.Event(), threading.Event(), socket.getaddrinfo

    def stuck(host, *args, **kwargs):
        if host in ("slow.example", b"slow.example"):
            looked_up.set()
            over.wait()
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", stuck)
    reply = one("https://slow.example/", KEYED)

    assert looked_up.is_set(), "the name was looked up"
    assert not over.is_set(), "the answer came while the look-up still hung"
    assert reply.problem == "no answer within 0.5 s"
    over.set()


def test_a_redirect_is_an_answer_and_is_not_followed():
    asked = []

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        answer(handler, status=302, Location="/elsewhere")

    with listening(elsewhere) as url:
        assert one(f"{url}/here", KEYED).status == 302

    assert asked == ["/here"]


@pytest.mark.parametrize(
    "url", ["http://api.example/v1", "http://10.1.2.3/v1", "http://0.0.0.0/v1", "http://[fe80::1]/v1"]
)
def test_a_key_never_leaves_the_machine_over_plain_http(url: str):
    reply = one(url, KEYED)

    assert reply.problem == "not asked: plain http would show the key to everyone on the network path"


@pytest.mark.parametrize("url", ["https://api.example", "http://localhost:1", "http://127.8.9.1:1", "http://[::1]:1"])
def test_a_key_may_go_over_https_and_to_the_machine_itself(url: str):
    assert questions.may_carry_a_key(url)


@respx.mock
def test_a_question_without_a_key_may_go_over_plain_http():
    """An Ollama on another machine has no key that could leak."""
    respx.get("http://ollama.example:11434/api/version").respond(json={"version": "0.34.2"})

    assert one("http://ollama.example:11434/api/version").json == {"version": "0.34.2"}


@respx.mock
def test_json_that_is_nested_too_deeply_is_no_json():
    respx.get("https://api.example/").respond(200, text='{"data":' + "[" * 100_000)
    reply = one("https://api.example/")

    assert (reply.status, reply.json) == (200, None)


@respx.mock
def test_an_answer_that_is_not_json_keeps_the_start_of_its_text():
    respx.get("https://api.example/").respond(502, text="<html>" + "x" * 10_000)

    reply = one("https://api.example/", KEYED)

    assert (reply.status, reply.json, len(reply.text)) == (502, None, 2000)


def test_a_proxy_variable_does_not_lead_a_key_off_this_machine_in_plain_text(monkeypatch: pytest.MonkeyPatch):
    through_proxy: list[str] = []
    at_home: list[str] = []

    def noting(paths: list[str]) -> Respond:
        return lambda handler: (paths.append(handler.path), answer(handler))  # type: ignore[func-returns-value]

    with listening(noting(through_proxy)) as proxy, listening(noting(at_home)) as url:
        for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy)
        assert one(f"{url}/models", KEYED).status == 200
        assert one(f"{url}/models".replace("127.0.0.1", "localhost"), KEYED).status == 200

    assert (through_proxy, at_home) == ([], ["/models", "/models"])


def test_https_goes_through_the_proxy_as_a_tunnel_that_sees_no_key(monkeypatch: pytest.MonkeyPatch):
    seen = []

    def refuse(handler: BaseHTTPRequestHandler) -> None:
        seen.append((handler.command, handler.path, str(handler.headers)))
        answer(handler, status=407)

    with listening(refuse) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        reply = one("https://api.example/v1/models", KEYED)

    assert [(command, path) for command, path, _ in seen] == [("CONNECT", "api.example:443")]
    assert CANARY not in seen[0][2]
    assert reply.problem.startswith("ProxyError: 407")


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "ftp://me:canary-password@127.0.0.1:21"])
def test_a_proxy_that_cannot_be_used_is_one_sentence(monkeypatch: pytest.MonkeyPatch, proxy: str):
    monkeypatch.setenv("ALL_PROXY", proxy)

    with pytest.raises(UnusableProxyError, match="names a proxy that cannot be used") as refused:
        one("https://api.example/")

    assert "canary-password" not in str(refused.value)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 on this machine")
def test_ipv6_addresses_are_asked():
    with listening(answer, host="::1") as url:
        assert one(f"{url}/", KEYED).status == 200


@pytest.mark.parametrize("url", ["https://localhost:99999/", "https://[::1/", "https:///path", "https://a..b/"])
def test_what_is_no_address_is_told_and_not_asked(url: str):
    assert one(url, KEYED).problem.startswith(
        ("not asked: base_url is not a valid URL", "ConnectError: ", "no connection to ")
    )


@pytest.mark.parametrize("key", [f"{CANARY}\nX: y", f"{CANARY}\u2013", f"{CANARY}\0"])
def test_a_key_that_cannot_stand_in_a_header_is_told_without_the_key(key: str):
    with listening(answer) as url:
        reply = one(f"{url}/", {"Authorization": f"Bearer {key}"})

    assert reply.problem == "not asked: the key or a header has a character that cannot be sent"


def test_nothing_listening_is_said_with_host_and_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        reply = one(f"http://127.0.0.1:{port}/{CANARY}", KEYED)

    assert reply.problem == f"no connection to 127.0.0.1:{port}: connection refused; is it running?"


def test_an_unknown_host_is_said_by_name():
    problem = one("https://host.invalid/", KEYED).problem

    assert problem.startswith("no connection to host.invalid: ")
    assert "Errno" not in problem


def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(questions, "_MOST_BYTES", 1000)

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b" " * 100_000)

    with listening(endless) as url:
        assert "more than 8 MB" in one(f"{url}/").problem


@pytest.mark.parametrize(("starts", "ends", "said"), [(1, 2, "is not yet valid"), (-2, -1, "has expired")])
def test_a_wrong_clock_is_suspected_where_certificates_seem_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, starts: int, ends: int, said: str
):
    tls = _tls(tmp_path, starts, ends)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))

    with listening(answer, tls=tls) as url:
        reply = one(f"{url.replace('http://127.0.0.1', 'https://localhost')}/", KEYED)

    assert said in reply.problem
    assert reply.problem.endswith("is this machine's clock right?")


def _tls(folder: Path, starts: int, ends: int) -> ssl.SSLContext:
    """A TLS context whose certificate is valid between two days counted from now, issued by the CA in ``ca.pem``."""
    now = dt.datetime.now(dt.UTC)
    authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])

    def certificate(subject: x509.Name, key: ec.EllipticCurvePrivateKey, first: int, last: int, *, ca: bool):
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + dt.timedelta(days=first))
            .not_valid_after(now + dt.timedelta(days=last))
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            # Python 3.13 requires what RFC 5280 does: who signed it, and that a CA may sign.
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    content_commitment=False,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    key_cert_sign=ca,
                    crl_sign=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
            .sign(authority, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
        )

    (folder / "ca.pem").write_bytes(certificate(name, authority, -9, 9, ca=True))
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    (folder / "server.pem").write_bytes(certificate(own, server, starts, ends, ca=False))
    (folder / "server.key").write_bytes(
        server.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context
